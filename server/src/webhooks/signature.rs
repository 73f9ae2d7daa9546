//! How a receiver knows that we call: Programmable Chat's signature, which its libraries validate.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// The header that it travels in.
pub(super) const SIGNATURE: &str = "X-Twilio-Signature";

/// Of an address and the parameters in the body, sorted, by the account's auth token.
pub(super) fn signature(secret: &str, url: &str, parameters: &[(String, String)]) -> String {
    let mut sorted: Vec<_> = parameters.iter().collect();
    sorted.sort();
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("any length will do");
    mac.update(url.as_bytes());
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_an_hmac_over_the_address_and_the_sorted_parameters() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let parameters = [pair("B", "two"), pair("A", "one")];
        let reversed = [pair("A", "one"), pair("B", "two")];
        let signed = signature("secret", "https://hooks.example/", &parameters);
        // printf 'https://hooks.example/AoneBtwo' | openssl dgst -sha1 -hmac secret -binary | base64
        assert_eq!(signed, "t6/29hio8CwDAJU4hcMK2Iqy9Dw=");
        assert_eq!(signature("secret", "https://hooks.example/", &reversed), signed);
        assert_ne!(signature("other", "https://hooks.example/", &parameters), signed);
        assert_ne!(signature("secret", "https://hooks.example/x", &parameters), signed);
    }
}
