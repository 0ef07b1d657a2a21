//! Images, audio and video that lie in a folder under the path they had on the platform (`…/mmbiz_png/<id>/640`), as a
//! download of the whole site leaves them. The path says which medium a file is; the content says that it is one.

use crate::error::Result;
use crate::model::{MediaHeld, MediaKey};
use crate::source::{ImportCx, Importer, Info, Input, Item, LeafMeta, Match, Out, Probe, Shelf};

/// The importer.
pub struct Media;

static INFO: Info = Info {
    name: "media",
    summary_zh: "按平台网址路径存放的图片（整站下载的文件夹）",
    summary_en: "images stored under their path on the platform (a download of the whole site)",
    patterns: &["mmbiz_png/<id>/640", "mmbiz_jpg/<id>/0"],
    version: 1,
};

impl Importer for Media {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        if url_of(probe.input().locator()).is_none() {
            return Match::No;
        }
        let is_media = infer::is_image(probe.head()) || infer::is_audio(probe.head()) || infer::is_video(probe.head());
        if is_media { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let Some(url) = url_of(input.locator()) else { return Ok(()) };
        let meta = LeafMeta {
            source: INFO.name,
            locator: input.locator().to_owned(),
            template: "media",
            mime: "application/octet-stream",
            time: input.modified(),
            fetch: None,
        };
        let sha256 = cx.keep.exact(&mut input.open()?, input.name(), Shelf::Media, &meta)?;
        out.item(Item::Media(MediaHeld { key: MediaKey::of_url(&url), sha256, origin: input.locator().to_owned() }))
    }
}

/// The address a file had, by the shelf (`mmbiz_png`, `sz_mmbiz_jpg` …) and the id in its path.
pub(super) fn url_of(locator: &str) -> Option<String> {
    let mut parts = locator.rsplit('/');
    let (_, id, shelf) = (parts.next()?, parts.next()?, parts.next()?);
    let is_id = id.len() >= 20 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (is_id && shelf.contains("mmbiz")).then(|| format!("https://mmbiz.qpic.cn/{shelf}/{id}/0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_names_the_medium() {
        let id = "JxQDbLkGBYUry2U8Do9dGIVjPWyl";
        let url = url_of(&format!("site/mmbiz_png/{id}/640")).unwrap();
        assert_eq!(
            MediaKey::of_url(&url),
            MediaKey::of_url(&format!("http://mmbiz.qpic.cn/sz_mmbiz_png/{id}/0?wx_fmt=png"))
        );
        assert_eq!(url_of("photos/2024/holiday/1.jpg"), None);
    }
}
