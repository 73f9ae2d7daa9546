//! Packets of the tunnel: a line with the size of the header, the header in JSON, and a payload whose
//! size the header tells. Pure: bytes in, parts out, and back.

use bytes::{BufMut, Bytes, BytesMut};
use serde::Serialize;
use serde_json::{Map, Value};

/// How every packet begins.
const MAGIC: &[u8] = b"TWILSOCK V3.0 ";
const LINE_END: &[u8] = b"\r\n";
/// Digits that a size may have: more than any packet that the socket lets in.
const SIZE_DIGITS_MAX: usize = 7;

/// One packet, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Packet {
    pub(crate) header: Map<String, Value>,
    pub(crate) payload: Bytes,
}

/// The bytes are no packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

impl Packet {
    /// Takes a packet apart. Whatever follows the payload is let be: some clients end with a line.
    pub(crate) fn read(bytes: &Bytes) -> Result<Self, Malformed> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(Malformed)?;
        let digits = rest.iter().position(|byte| *byte == b'\r').ok_or(Malformed)?;
        let size = size_in(&rest[..digits])?;
        let header_start = MAGIC.len() + digits + LINE_END.len();
        let header_end = header_start.checked_add(size).ok_or(Malformed)?;
        if !rest[digits..].starts_with(LINE_END) {
            return Err(Malformed);
        }
        let header = bytes.get(header_start..header_end).ok_or(Malformed)?;
        let header: Map<String, Value> = serde_json::from_slice(header).map_err(|_| Malformed)?;
        let payload = payload_after(bytes, header_end, &header)?;
        Ok(Self { header, payload })
    }

    /// What a text field of the header says; nothing if it is missing or no text.
    pub(crate) fn text(&self, field: &str) -> &str {
        self.header.get(field).and_then(Value::as_str).unwrap_or_default()
    }
}

fn size_in(digits: &[u8]) -> Result<usize, Malformed> {
    if digits.is_empty() || SIZE_DIGITS_MAX < digits.len() {
        return Err(Malformed);
    }
    let text = str::from_utf8(digits).map_err(|_| Malformed)?;
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Malformed);
    }
    text.parse().map_err(|_| Malformed)
}

fn payload_after(
    bytes: &Bytes,
    header_end: usize,
    header: &Map<String, Value>,
) -> Result<Bytes, Malformed> {
    let size = match header.get("payload_size") {
        None | Some(Value::Null) => 0,
        Some(size) => size.as_u64().and_then(|size| size.try_into().ok()).ok_or(Malformed)?,
    };
    if size == 0 {
        return Ok(Bytes::new());
    }
    let start = header_end + LINE_END.len();
    let end = start.checked_add(size).ok_or(Malformed)?;
    if bytes.len() < end || bytes[header_end..start] != *LINE_END {
        return Err(Malformed);
    }
    Ok(bytes.slice(start..end))
}

/// Puts a packet together. The header gets the payload's size and kind.
pub(crate) fn write(header: &impl Serialize, payload: Option<&Value>) -> Bytes {
    let payload = payload.map_or_else(Vec::new, json);
    let mut header = match serde_json::to_value(header) {
        Ok(Value::Object(header)) => header,
        _ => unreachable!("headers are objects"),
    };
    header.insert("payload_size".to_owned(), payload.len().into());
    if !payload.is_empty() {
        header.insert("payload_type".to_owned(), "application/json".into());
    }
    let header = json(&header);
    let mut bytes = BytesMut::with_capacity(MAGIC.len() + 16 + header.len() + payload.len());
    bytes.put_slice(MAGIC);
    bytes.put_slice(header.len().to_string().as_bytes());
    bytes.put_slice(LINE_END);
    bytes.put_slice(&header);
    bytes.put_slice(LINE_END);
    bytes.put_slice(&payload);
    bytes.freeze()
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("it is plain data with string keys")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn read(text: &str) -> Result<Packet, Malformed> {
        Packet::read(&Bytes::copy_from_slice(text.as_bytes()))
    }

    #[test]
    fn a_packet_reads_back_what_was_written() {
        let payload = json!({"text": "寄り合い 🎃"});
        let bytes = write(&json!({"method": "message", "id": "TM1"}), Some(&payload));
        let packet = Packet::read(&bytes).expect("our own");
        assert_eq!((packet.text("method"), packet.text("id")), ("message", "TM1"));
        assert_eq!(packet.header["payload_type"], "application/json");
        assert_eq!(serde_json::from_slice::<Value>(&packet.payload).expect("JSON"), payload);

        let bytes = write(&json!({"method": "ping", "id": "TM2"}), None);
        assert_eq!(Packet::read(&bytes).expect("our own").payload, Bytes::new());
    }

    #[test]
    fn a_line_after_the_payload_is_let_be() {
        let packet = read("TWILSOCK V3.0 18\r\n{\"payload_size\":2}\r\nhi\r\n").expect("a packet");
        assert_eq!(packet.payload, "hi");
        assert!(read("TWILSOCK V3.0 2\r\n{}").is_ok());
        assert!(read("TWILSOCK V3.0 2\r\n{}\r\n\r\n").is_ok());
    }

    #[test]
    fn wrong_sizes_and_wrong_words_are_no_packet() {
        for text in [
            "",
            "TWILSOCK",
            "TWILSOCK V3.0 ",
            "TWILSOCK V2.0 2\r\n{}\r\n",
            "twilsock V3.0 2\r\n{}\r\n",
            "TWILSOCK V3.0 \r\n{}\r\n",
            "TWILSOCK V3.0 -2\r\n{}\r\n",
            "TWILSOCK V3.0 +2\r\n{}\r\n",
            "TWILSOCK V3.0 3\r\n{}",
            "TWILSOCK V3.0 1\r\n{}\r\n",
            "TWILSOCK V3.0 99999999999999999999\r\n{}\r\n",
            "TWILSOCK V3.0 9999999\r\n{}\r\n",
            "TWILSOCK V3.0 2\n\n{}\r\n",
            "TWILSOCK V3.0 2\r",
            "TWILSOCK V3.0 2\r\n[]\r\n",
            "TWILSOCK V3.0 18\r\n{\"payload_size\":3}\r\nhi",
            "TWILSOCK V3.0 18\r\n{\"payload_size\":2}hi",
            "TWILSOCK V3.0 19\r\n{\"payload_size\":-2}\r\nhi",
            "TWILSOCK V3.0 20\r\n{\"payload_size\":\"2\"}\r\nhi",
            "TWILSOCK V3.0 37\r\n{\"payload_size\":18446744073709551615}\r\nhi",
        ] {
            assert_eq!(read(text), Err(Malformed), "{text:?}");
        }
    }

    #[test]
    fn a_packet_that_was_cut_anywhere_is_no_packet() {
        let whole = write(&json!({"method": "message"}), Some(&json!({"text": "hi"})));
        for length in 0..whole.len() {
            assert_eq!(Packet::read(&whole.slice(..length)), Err(Malformed), "{length}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_comes_breaks_the_reader(bytes: Vec<u8>) {
            let _ = Packet::read(&Bytes::from(bytes));
        }

        #[test]
        fn nothing_behind_the_magic_breaks_it_either(size: u64, tail: Vec<u8>) {
            let mut bytes = format!("TWILSOCK V3.0 {size}\r\n").into_bytes();
            bytes.extend(tail);
            let _ = Packet::read(&Bytes::from(bytes));
        }
    }
}
