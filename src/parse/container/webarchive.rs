//! Reads Safari's `.webarchive`: a property list, binary or XML, with the page and everything it loaded.

use plist::Value;

/// Maximum nesting of frames.
const DEPTH: usize = 8;
/// Maximum number of resources of one archive.
const RESOURCES: usize = 20_000;

/// A page or a resource that the page loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    /// The address of the resource.
    pub url: String,
    /// The media type that the server declared.
    pub mime: String,
    /// The bytes of the resource.
    pub data: Vec<u8>,
    /// Whether it is a page: the archive's own or a frame's.
    pub is_page: bool,
}

/// Reads an archive: the page first, then its resources. Returns `None` if it is not an archive, or if it would expand
/// without limit.
pub fn read(bytes: &[u8]) -> Option<Vec<Resource>> {
    if bytes.starts_with(MAGIC) && !is_plain(bytes) {
        return None;
    }
    let mut found = Vec::new();
    archive(Value::from_reader(std::io::Cursor::new(bytes)).ok()?, DEPTH, &mut found);
    Some(found).filter(|found| !found.is_empty())
}

fn archive(value: Value, depth: usize, found: &mut Vec<Resource>) {
    let (Some(depth), Some(mut members)) = (depth.checked_sub(1), value.into_dictionary()) else { return };
    if let Some(main) = members.remove("WebMainResource").and_then(resource) {
        found.push(Resource { is_page: true, ..main });
    }
    for (name, is_archive) in [("WebSubresources", false), ("WebSubframeArchives", true)] {
        for value in members.remove(name).and_then(Value::into_array).into_iter().flatten() {
            if found.len() >= RESOURCES {
                return;
            }
            if is_archive {
                archive(value, depth, found);
            } else {
                found.extend(resource(value));
            }
        }
    }
}

fn resource(value: Value) -> Option<Resource> {
    let mut members = value.into_dictionary()?;
    let mut text = |name: &str| members.remove(name).and_then(Value::into_string).unwrap_or_default();
    let (url, mime) = (text("WebResourceURL"), text("WebResourceMIMEType"));
    let data = members.remove("WebResourceData").and_then(Value::into_data)?;
    Some(Resource { url, mime, data, is_page: false })
}

const MAGIC: &[u8] = b"bplist0";

/// Reports whether a binary list references each container once and expands in proportion to its size. Others grow
/// without limit when read.
fn is_plain(bytes: &[u8]) -> bool {
    weigh(bytes).is_some_and(|weight| weight <= bytes.len() as u64 * 4 + 1024 * 1024)
}

/// Returns the total size of all values, each multiplied by its references; `None` if the list is malformed or
/// references a container twice.
fn weigh(bytes: &[u8]) -> Option<u64> {
    let number = |at: usize, size: usize| -> Option<u64> {
        let digits = bytes.get(at..at.checked_add(size)?).filter(|_| (1..=8).contains(&size))?;
        Some(digits.iter().fold(0, |sum, digit| sum << 8 | u64::from(*digit)))
    };
    let index = |at: usize, size: usize| number(at, size).and_then(|number| usize::try_from(number).ok());
    let trailer = bytes.len().checked_sub(32)?;
    let (offset_size, reference_size) = (usize::from(bytes[trailer + 6]), usize::from(bytes[trailer + 7]));
    let (objects, table) = (index(trailer + 8, 8)?, index(trailer + 24, 8)?);
    if objects > bytes.len() {
        return None;
    }
    let mut weights = vec![0_u64; objects];
    let mut named = vec![0_u64; objects];
    let mut is_container = vec![false; objects];
    for object in 0..objects {
        let at = index(table.checked_add(object.checked_mul(offset_size)?)?, offset_size)?;
        let marker = *bytes.get(at)?;
        let kind = marker >> 4;
        let mut length = usize::from(marker & 0x0f);
        let mut start = at + 1;
        if length == 0x0f && matches!(kind, 4..=6 | 0xa..=0xd) {
            let size = 1_usize << (*bytes.get(start)? & 0x0f).min(3);
            length = index(start + 1, size)?;
            start += 1 + size;
        }
        let references = match kind {
            0xa..=0xc => length,
            0xd => length.checked_mul(2)?,
            _ => 0,
        };
        is_container[object] = matches!(kind, 0xa..=0xd);
        weights[object] = length as u64;
        for reference in 0..references {
            let target = index(start.checked_add(reference.checked_mul(reference_size)?)?, reference_size)?;
            *named.get_mut(target)? += 1;
        }
    }
    if is_container.iter().zip(&named).any(|(container, named)| *container && *named > 1) {
        return None;
    }
    Some(weights.iter().zip(&named).map(|(weight, named)| weight.saturating_mul(*named)).fold(0, u64::saturating_add))
}

#[cfg(test)]
mod tests {
    use plist::Dictionary;

    use super::*;

    fn part(url: &str, data: &[u8]) -> Value {
        Value::Dictionary(Dictionary::from_iter([
            ("WebResourceURL", Value::from(url)),
            ("WebResourceMIMEType", Value::from("text/html")),
            ("WebResourceData", Value::Data(data.to_vec())),
        ]))
    }

    fn whole() -> Value {
        let frame = Value::Dictionary(Dictionary::from_iter([("WebMainResource", part("https://c", b"frame"))]));
        Value::Dictionary(Dictionary::from_iter([
            ("WebMainResource", part("https://a", b"page")),
            ("WebSubresources", Value::Array(vec![part("https://b", b"one"), part("https://b", b"one")])),
            ("WebSubframeArchives", Value::Array(vec![frame])),
        ]))
    }

    fn written(value: &Value, binary: bool) -> Vec<u8> {
        let mut bytes = Vec::new();
        if binary { value.to_writer_binary(&mut bytes) } else { value.to_writer_xml(&mut bytes) }.unwrap();
        bytes
    }

    #[test]
    fn both_forms_are_read() {
        for binary in [true, false] {
            let found = read(&written(&whole(), binary)).unwrap();
            let urls: Vec<_> = found.iter().map(|part| (part.url.as_str(), part.is_page)).collect();
            assert_eq!(urls, [("https://a", true), ("https://b", false), ("https://b", false), ("https://c", true)]);
            assert_eq!(found[0].data, b"page");
        }
        assert_eq!(read(b"bplist00nothing"), None);
        assert_eq!(read(b"<plist></plist>"), None);
    }

    /// Lists of lists, each of which references the next twice: a kilobyte that would expand to millions of values.
    #[test]
    fn a_list_that_names_a_container_twice_is_refused() {
        let mut bytes = b"bplist00".to_vec();
        let mut offsets = Vec::new();
        for level in 0..30_u8 {
            offsets.push(u8::try_from(bytes.len()).unwrap());
            bytes.extend([0xa2, level + 1, level + 1]);
        }
        offsets.push(u8::try_from(bytes.len()).unwrap());
        bytes.push(0x09);
        let table = bytes.len() as u64;
        let count = offsets.len() as u64;
        bytes.extend(offsets);
        bytes.extend([0, 0, 0, 0, 0, 0, 1, 1]);
        bytes.extend(count.to_be_bytes());
        bytes.extend(0_u64.to_be_bytes());
        bytes.extend(table.to_be_bytes());
        assert!(!is_plain(&bytes));
        assert_eq!(read(&bytes), None);
    }

    proptest::proptest! {
        #[test]
        fn anything_is_read_without_harm(cut in 0_usize..400, at in 0_usize..400, with in proptest::num::u8::ANY) {
            let mut bytes = written(&whole(), true);
            let end = cut.min(bytes.len());
            bytes.truncate(bytes.len() - end / 8);
            let at = at % bytes.len();
            bytes[at] = with;
            let _ = read(&bytes);
        }
    }
}
