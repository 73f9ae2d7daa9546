//! Reads JSON in two steps, into a tree and from there into a type. serde_json would do it in one,
//! with a parser for each type and a sentence for each thing that can be wrong with it: a tenth of
//! what the page weighs, for sentences that nobody reads in a browser.

use std::fmt;
use std::vec;

use serde::de::{
    self, Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, MapAccess,
    SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// The text is not JSON, or not of the wanted shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

/// One value, and nothing after it.
///
/// # Errors
///
/// [`Unreadable`], whatever the reason.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    let tree: Json = serde_json::from_str(text).map_err(|_| Unreadable)?;
    T::deserialize(tree)
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what came cannot be read")
    }
}

impl std::error::Error for Unreadable {}

impl de::Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }

    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

/// A value as it stands in a text. Fractions stand in none of ours.
enum Json {
    Null,
    Bool(bool),
    Natural(u64),
    Negative(i64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(text: D) -> Result<Self, D::Error> {
        text.deserialize_any(Tree)
    }
}

struct Tree;

impl<'de> Visitor<'de> for Tree {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Natural(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Negative(value))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Json, E> {
        Err(E::custom("a fraction"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut inside: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = inside.next_element()? {
            list.push(value);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut inside: A) -> Result<Json, A::Error> {
        let mut object = Vec::new();
        while let Some(Json::Text(name)) = inside.next_key()? {
            object.push((name, inside.next_value()?));
        }
        Ok(Json::Object(object))
    }
}

impl<'de> Deserializer<'de> for Json {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Bool(value) => visitor.visit_bool(value),
            Self::Natural(value) => visitor.visit_u64(value),
            Self::Negative(value) => visitor.visit_i64(value),
            Self::Text(text) => visitor.visit_string(text),
            Self::List(list) => visitor.visit_seq(List(list.into_iter())),
            Self::Object(object) => {
                visitor.visit_map(Object { entries: object.into_iter(), value: Self::Null })
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self {
            Self::Null => visitor.visit_none(),
            value => visitor.visit_some(value),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        let Self::Object(object) = self else { return Err(Unreadable) };
        visitor.visit_map(Object { entries: object.into_iter(), value: Self::Null })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        match self {
            Self::Text(name) => visitor.visit_enum(Variant(name, Self::Null)),
            Self::Object(object) => {
                let [(name, value)] = <[_; 1]>::try_from(object).map_err(|_| Unreadable)?;
                visitor.visit_enum(Variant(name, value))
            }
            _ => Err(Unreadable),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier
    }
}

struct List(vec::IntoIter<Json>);

impl<'de> SeqAccess<'de> for List {
    type Error = Unreadable;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Unreadable> {
        self.0.next().map(|value| seed.deserialize(value)).transpose()
    }
}

struct Object {
    entries: vec::IntoIter<(String, Json)>,
    /// Of the entry whose name was read last.
    value: Json,
}

impl<'de> MapAccess<'de> for Object {
    type Error = Unreadable;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Unreadable> {
        let Some((name, value)) = self.entries.next() else { return Ok(None) };
        self.value = value;
        seed.deserialize(Json::Text(name)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<S::Value, Unreadable> {
        seed.deserialize(std::mem::replace(&mut self.value, Json::Null))
    }
}

/// A variant by its name, with what it holds.
struct Variant(String, Json);

impl<'de> EnumAccess<'de> for Variant {
    type Error = Unreadable;
    type Variant = Json;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Json), Unreadable> {
        Ok((seed.deserialize(Json::Text(self.0))?, self.1))
    }
}

impl<'de> VariantAccess<'de> for Json {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<S::Value, Unreadable> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_struct("", &[], visitor)
    }
}

#[cfg(test)]
mod tests {
    use chat::protocol::{Accepted, Answer, Reply, ServerFrame};
    use chat::refusal::WireRefusal;
    use serde::Serialize;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
    struct Everything {
        unit: (),
        truth: bool,
        natural: u64,
        negative: i8,
        text: String,
        nothing: Option<u8>,
        something: Option<Box<Everything>>,
        list: Vec<(u8, String)>,
        #[serde(default)]
        absent: u8,
        kinds: Vec<Kind>,
    }

    #[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
    enum Kind {
        Unit,
        New(u16),
        Named { inside: u16 },
    }

    fn everything(something: Option<Box<Everything>>) -> Everything {
        Everything {
            unit: (),
            truth: true,
            natural: u64::MAX,
            negative: -5,
            text: "line\n\"quoted\" 日本 👩🏽‍🚀".to_owned(),
            nothing: None,
            something,
            list: vec![(1, "a".to_owned()), (2, String::new())],
            absent: 0,
            kinds: vec![Kind::Unit, Kind::New(7), Kind::Named { inside: 8 }],
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let written = everything(Some(Box::new(everything(None))));
        let text = serde_json::to_string(&written).expect("plain data");
        assert_eq!(read::<Everything>(&text), Ok(written));
    }

    #[test]
    fn a_frame_is_read_as_it_was_meant() {
        let refusal = WireRefusal {
            code: 50_400,
            status: 404,
            message: "Not here.".to_owned(),
            temporary: false,
            retry_after: None,
        };
        for answer in [Answer::Ok(Accepted::Done {}), Answer::Refused(refusal)] {
            let frame = ServerFrame::Reply(Reply { reference: 3, answer });
            let text = serde_json::to_string(&frame).expect("plain data");
            assert_eq!(read::<ServerFrame>(&text), Ok(frame));
        }
    }

    #[test]
    fn fields_of_a_newer_server_are_passed_over() {
        let text = r#"{"reply":{"ref":1,"newer":{"a":[1,null]},"ok":{"done":{}}}}"#;
        let reply = Reply { reference: 1, answer: Answer::Ok(Accepted::Done {}) };
        assert_eq!(read::<ServerFrame>(text), Ok(ServerFrame::Reply(reply)));
    }

    #[test]
    fn what_is_no_json_or_of_another_shape_is_unreadable() {
        for text in ["", "{", "{} {}", "[]", "{\"Named\":[8]}", "{\"Named\":{\"inside\":1.5}}", "7"]
        {
            assert_eq!(read::<Kind>(text), Err(Unreadable), "{text}");
        }
    }
}
