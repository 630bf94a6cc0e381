//! JavaScript values in. Nothing is coerced: a value of another type is refused with the name of its field.

use crate::fail::{Fail, Inner};
use core::fmt::Display;
use napi::bindgen_prelude::{FromNapiValue, Function, JsObjectValue, Object, Unknown};
use napi::{JsValue, ValueType};
use trespasser::rules::Material;
use trespasser::{Loadout, MatchId, PlayerId, Reading, SoundKind, Team, Weapon};

/// The highest whole number up to which a double holds every one, 2^53 - 1.
const SAFE: u64 = (1 << 53) - 1;
/// Characters of a caller's text that a message repeats.
const SHOWN: usize = 32;

fn cast<T: FromNapiValue>(value: &Unknown<'_>) -> Inner<T> {
    let raw = value.value();
    // SAFETY: environment and value come from the call that is running, whose handle scope is still open.
    Ok(unsafe { T::from_napi_value(raw.env, raw.value) }?)
}

fn kind(value: &Unknown<'_>) -> Inner<ValueType> {
    Ok(value.get_type()?)
}

/// A value as messages show it.
fn shown(value: &Unknown<'_>) -> String {
    let text = match kind(value) {
        Ok(ValueType::Number) => cast::<f64>(value).map(|v| v.to_string()),
        Ok(ValueType::Boolean) => cast::<bool>(value).map(|v| v.to_string()),
        Ok(ValueType::String) => {
            cast::<String>(value).map(|v| format!("{:?}", v.chars().take(SHOWN).collect::<String>()))
        }
        Ok(ValueType::Undefined) => Ok("undefined".to_owned()),
        Ok(ValueType::Null) => Ok("null".to_owned()),
        Ok(ValueType::Function) => Ok("a function".to_owned()),
        Ok(ValueType::Symbol) => Ok("a symbol".to_owned()),
        Ok(ValueType::BigInt) => Ok("a bigint".to_owned()),
        _ => Ok("an object".to_owned()),
    };
    text.unwrap_or_else(|_| "a value that cannot be read".to_owned())
}

pub(crate) fn refuse<T>(field: impl Display, value: &Unknown<'_>, limit: impl Display) -> Inner<T> {
    Err(Fail::invalid(field, shown(value), limit))
}

/// `None` for `undefined`: what is left out.
pub(crate) fn given<'a>(value: Unknown<'a>) -> Inner<Option<Unknown<'a>>> {
    Ok(if kind(&value)? == ValueType::Undefined { None } else { Some(value) })
}

/// Any number, NaN and the infinities included.
pub(crate) fn number(field: impl Display, value: &Unknown<'_>) -> Inner<f64> {
    if kind(value)? != ValueType::Number {
        return refuse(field, value, "a number");
    }
    cast(value)
}

/// A number that is neither NaN nor infinite, brought within what an `f32` holds.
pub(crate) fn finite(field: impl Display, value: &Unknown<'_>) -> Inner<f32> {
    let number = number(&field, value)?;
    if !number.is_finite() {
        return Err(Fail::invalid(field, number, "a finite number"));
    }
    Ok(number.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32)
}

/// A whole number from `low` to `high`.
pub(crate) fn whole(field: impl Display, value: &Unknown<'_>, low: u64, high: u64) -> Inner<u64> {
    let number = number(&field, value)?;
    if !(number >= low as f64 && number <= high as f64 && number == libm::trunc(number)) {
        return Err(Fail::invalid(field, number, format_args!("a whole number from {low} to {high}")));
    }
    Ok(number as u64)
}

pub(crate) fn uint16(field: impl Display, value: &Unknown<'_>) -> Inner<u16> {
    Ok(whole(field, value, 0, u16::MAX.into())? as u16)
}

pub(crate) fn uint32(field: impl Display, value: &Unknown<'_>) -> Inner<u32> {
    Ok(whole(field, value, 0, u32::MAX.into())? as u32)
}

/// A 64-bit number: decimal digits, or a whole number that a double holds.
pub(crate) fn queue_id(field: impl Display, value: &Unknown<'_>) -> Inner<u64> {
    const LIMIT: &str = "decimal digits or a whole number up to 2^53 - 1";
    match kind(value)? {
        ValueType::Number => whole(field, value, 0, SAFE),
        ValueType::String => {
            let text: String = cast(value)?;
            if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
                return refuse(field, value, LIMIT);
            }
            text.parse().or_else(|_| refuse(field, value, "at most 18446744073709551615"))
        }
        _ => refuse(field, value, LIMIT),
    }
}

/// A time in whole milliseconds.
pub(crate) fn time(field: impl Display, value: &Unknown<'_>) -> Inner<u64> {
    whole(field, value, 0, SAFE)
}

/// Keys of randomness: 0 to 2^53 - 1.
pub(crate) fn seed(value: &Unknown<'_>) -> Inner<u64> {
    whole("seed", value, 0, SAFE)
}

pub(crate) fn boolean(field: impl Display, value: &Unknown<'_>) -> Inner<bool> {
    if kind(value)? != ValueType::Boolean {
        return refuse(field, value, "true or false");
    }
    cast(value)
}

/// A string; `limit` says which ones are meant.
pub(crate) fn string(field: impl Display, value: &Unknown<'_>, limit: impl Display) -> Inner<String> {
    if kind(value)? != ValueType::String {
        return refuse(field, value, limit);
    }
    cast(value)
}

pub(crate) fn match_id(value: &Unknown<'_>) -> Inner<MatchId> {
    Ok(MatchId::from_raw(whole("match", value, 0, SAFE)?))
}

pub(crate) fn player_id(field: &'static str, value: &Unknown<'_>) -> Inner<PlayerId> {
    let id = whole(field, value, 0, SAFE)?;
    match u32::try_from(id) {
        Ok(raw) => Ok(PlayerId::from_raw(raw)),
        Err(_) => Err(trespasser::Error::StaleId { what: "player", id }.into()),
    }
}

pub(crate) fn team(field: impl Display, value: &Unknown<'_>) -> Inner<Team> {
    match string(&field, value, "red or blue")?.parse() {
        Ok(team) => Ok(team),
        Err(_) => refuse(field, value, "red or blue"),
    }
}

pub(crate) fn sound_kind(value: &Unknown<'_>) -> Inner<SoundKind> {
    let name = string("kind", value, "the name of a kind of sound")?;
    SoundKind::ALL.into_iter().find(|kind| kind.name() == name).map_or_else(
        || refuse("kind", value, format_args!("one of {}", SoundKind::ALL.map(SoundKind::name).join(", "))),
        Ok,
    )
}

/// The fields of an options object; every one is absent when the object is.
pub(crate) struct Fields<'a> {
    object: Option<Object<'a>>,
    name: &'static str,
}

impl<'a> Fields<'a> {
    /// An object that may be left out.
    pub(crate) fn optional(name: &'static str, value: Unknown<'a>) -> Inner<Fields<'a>> {
        match given(value)? {
            Some(value) => Fields::required(name, value),
            None => Ok(Fields { object: None, name }),
        }
    }

    /// An object that must be there.
    pub(crate) fn required(name: &'static str, value: Unknown<'a>) -> Inner<Fields<'a>> {
        if kind(&value)? != ValueType::Object {
            return refuse(name, &value, "an object");
        }
        Ok(Fields { object: Some(cast(&value)?), name })
    }

    /// A field that is there.
    pub(crate) fn get(&self, field: &str) -> Inner<Option<Unknown<'a>>> {
        match &self.object {
            Some(object) => given(object.get_named_property_unchecked::<Unknown<'a>>(field)?),
            None => Ok(None),
        }
    }

    /// The names of its own fields that are enumerable strings.
    pub(crate) fn names(&self) -> Inner<Vec<String>> {
        match &self.object {
            Some(object) => Ok(Object::keys(object)?),
            None => Ok(Vec::new()),
        }
    }

    /// A field that must be there; `limit` says what it must be.
    pub(crate) fn need(&self, field: &str, limit: impl Display) -> Inner<Unknown<'a>> {
        self.get(field)?.ok_or_else(|| Fail::invalid(format_args!("{}.{field}", self.name), "undefined", limit))
    }
}

/// The elements of an array of at most `most`; `too_many` makes the error for more, before any is looked at.
pub(crate) fn elements<'a>(
    field: &'static str,
    value: &Unknown<'a>,
    most: usize,
    too_many: impl FnOnce(u32) -> Fail,
) -> Inner<Vec<Unknown<'a>>> {
    if kind(value)? != ValueType::Object {
        return refuse(field, value, "an array");
    }
    let object: Object<'a> = cast(value)?;
    if !object.is_array()? {
        return refuse(field, value, "an array");
    }
    let length = object.get_array_length()?;
    if length as usize > most {
        return Err(too_many(length));
    }
    (0..length).map(|i| Ok(object.get_element::<Unknown<'a>>(i)?)).collect()
}

/// A number or a string among the fields of element `index` of an array.
pub(crate) struct Element<'a> {
    fields: Fields<'a>,
    index: usize,
}

impl<'a> Element<'a> {
    pub(crate) fn new(array: &'static str, index: usize, value: Unknown<'a>) -> Inner<Element<'a>> {
        if kind(&value)? != ValueType::Object {
            return refuse(format_args!("{array}[{index}]"), &value, "an object");
        }
        Ok(Element { fields: Fields::required(array, value)?, index })
    }

    /// A number as the engine takes it; NaN and the infinities are for the engine to refuse.
    pub(crate) fn number(&self, field: &str) -> Inner<f32> {
        Ok(number(self.path(field), &self.need(field, "a number")?)? as f32)
    }

    pub(crate) fn material(&self, field: &str) -> Inner<Material> {
        const LIMIT: &str = "concrete, metal, wood, glass or border";
        let value = self.need(field, LIMIT)?;
        match string(self.path(field), &value, LIMIT)?.parse() {
            Ok(material) => Ok(material),
            Err(_) => refuse(self.path(field), &value, LIMIT),
        }
    }

    pub(crate) fn team(&self, field: &str) -> Inner<Team> {
        team(self.path(field), &self.need(field, "red or blue")?)
    }

    fn need(&self, field: &str, limit: &str) -> Inner<Unknown<'a>> {
        self.fields.get(field)?.ok_or_else(|| Fail::invalid(self.path(field), "undefined", limit))
    }

    fn path(&self, field: &str) -> String {
        format!("{}[{}].{field}", self.fields.name, self.index)
    }
}

/// `{ reading?: 'fine' | 'coarse' }`.
pub(crate) fn reading(options: Unknown<'_>) -> Inner<Reading> {
    let Some(value) = Fields::optional("options", options)?.get("reading")? else {
        return Ok(Reading::default());
    };
    match string("reading", &value, "fine or coarse")?.as_str() {
        "fine" => Ok(Reading::Fine),
        "coarse" => Ok(Reading::Coarse),
        _ => refuse("reading", &value, "fine or coarse"),
    }
}

/// `{ primary, secondary, support? }` of weapon names.
pub(crate) fn loadout(value: Unknown<'_>) -> Inner<Loadout> {
    const NAME: &str = "a weapon's name";
    let fields = Fields::required("loadout", value)?;
    let weapon = |field: &'static str| -> Inner<Weapon> {
        Ok(string(format_args!("loadout.{field}"), &fields.need(field, NAME)?, NAME)?.parse()?)
    };
    let (primary, secondary) = (weapon("primary")?, weapon("secondary")?);
    let items = match fields.get("support")? {
        Some(array) => elements("loadout.support", &array, 3, |length| {
            let reason = format!("support holds {length} items; the limit is 3 slots");
            trespasser::Error::IllegalLoadout { reason }.into()
        })?,
        None => Vec::new(),
    };
    let mut support = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        support.push(string(format_args!("loadout.support[{i}]"), item, NAME)?.parse()?);
    }
    Ok(Loadout::new(primary, secondary, &support)?)
}

/// A function that is called with a number.
pub(crate) fn function<'a>(field: &'static str, value: &Unknown<'a>) -> Inner<Function<'a, u32, Unknown<'a>>> {
    if kind(value)? != ValueType::Function {
        return refuse(field, value, "a function");
    }
    cast(value)
}

/// An instance of a class of this addon.
pub(crate) fn instance<'a, T>(field: &'static str, value: &Unknown<'a>, limit: &str) -> Inner<T>
where
    T: FromNapiValue + 'a,
{
    if kind(value)? != ValueType::Object {
        return refuse(field, value, limit);
    }
    cast(value).or_else(|_: Fail| refuse(field, value, limit))
}

/// A typed array, `limit` being its name; other views and plain arrays are refused.
pub(crate) fn typed<T: FromNapiValue>(field: &'static str, value: &Unknown<'_>, limit: &str) -> Inner<T> {
    if kind(value)? != ValueType::Object || !value.is_typedarray()? {
        return refuse(field, value, limit);
    }
    cast(value).or_else(|_: Fail| refuse(field, value, limit))
}
