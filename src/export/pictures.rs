//! Pictures in the formats that every office program shows. WebP is converted and SVG drawn; others are not expressed.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader};
use imagesize::ImageType;

use super::svg_picture::svg_picture;

/// A picture that can be put into a document.
pub(super) struct Picture {
    /// Bytes of the file.
    pub(super) bytes: Vec<u8>,
    /// Extension of its format: `png`, `jpeg`, `gif`, `bmp`.
    pub(super) extension: &'static str,
    /// Width in pixels.
    pub(super) width: u32,
    /// Height in pixels.
    pub(super) height: u32,
}

/// Limit of the width and height: a larger picture is not decoded.
const SIDE: u32 = 30_000;

/// Returns the picture in a common format, whatever the name of its file says. `None` if it is of another format or
/// damaged.
pub(super) fn picture(bytes: Vec<u8>) -> Option<Picture> {
    let Ok(kind) = imagesize::image_type(&bytes) else { return svg_picture(&bytes) };
    let size = imagesize::blob_size(&bytes).ok()?;
    let side = |side: usize| u32::try_from(side).ok().filter(|side| *side > 0);
    let (width, height) = (side(size.width)?, side(size.height)?);
    let extension = match kind {
        ImageType::Png => "png",
        ImageType::Jpeg => "jpeg",
        ImageType::Gif => "gif",
        ImageType::Bmp => "bmp",
        ImageType::Webp if width <= SIDE && height <= SIDE => {
            let bytes = png(&bytes)?;
            return Some(Picture { bytes, extension: "png", width, height });
        }
        _ => return None,
    };
    Some(Picture { bytes, extension, width, height })
}

/// Converts WebP. Of an animation, the first frame is kept.
fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    let decoder = ImageReader::with_format(Cursor::new(bytes), ImageFormat::WebP).into_decoder().ok()?;
    (decoder.total_bytes() <= 1 << 29).then_some(())?;
    let picture = DynamicImage::from_decoder(decoder).ok()?;
    let mut out = Vec::new();
    picture.write_to(&mut Cursor::new(&mut out), ImageFormat::Png).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webp_becomes_png_and_what_is_no_picture_is_refused() {
        let mut webp = Vec::new();
        DynamicImage::new_rgba8(3, 2).write_to(&mut Cursor::new(&mut webp), ImageFormat::WebP).unwrap();
        let made = picture(webp.clone()).unwrap();
        assert_eq!((made.extension, made.width, made.height), ("png", 3, 2));
        assert!(made.bytes.starts_with(b"\x89PNG"));
        assert!(picture(webp[..webp.len() - 8].to_vec()).is_none());
        assert!(picture(b"<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>".to_vec()).is_none());
        let drawn =
            b"<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'><path d='M0 0h1v1z'/></svg>".to_vec();
        assert_eq!(picture(drawn).unwrap().extension, "png");
        assert!(picture(Vec::new()).is_none());
    }
}
