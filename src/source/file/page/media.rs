//! Images, audio and video recorded by a browser from the platform's media hosts (in a HAR or WARC), or stored in a
//! folder under their path on the platform (`…/mmbiz_png/<id>/640`), as a download of the whole site does. The path
//! identifies the medium; the content confirms that the file is one.

use crate::error::Result;
use crate::model::{MediaHeld, MediaKey};
use crate::source::{Destination, EvidenceMeta, ImportCx, Importer, Info, Input, Item, Match, Out, Probe, Received};

/// The importer of media.
pub struct Media;

static INFO: Info = Info {
    name: "media",
    summary_zh: "按平台网址路径存放的图片（整站下载的文件夹），以及 HAR、WARC 里录下的图片、音频、视频",
    summary_en: "Images stored under their path on the platform (whole-site downloads); images, audio and video recorded in HAR and WARC",
    patterns: &["mmbiz_png/<id>/640", "mmbiz_jpg/<id>/0"],
    version: 1,
};

impl Importer for Media {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        if key_of(probe.input()).is_none() {
            return Match::No;
        }
        let is_media = infer::is_image(probe.head()) || infer::is_audio(probe.head()) || infer::is_video(probe.head());
        if is_media { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let Some(key) = key_of(input) else { return Ok(()) };
        let meta = EvidenceMeta::of(input, INFO.name, "media", "application/octet-stream");
        let sha256 = cx.evidence.exact(&mut input.open()?, input.name(), Destination::Media, &meta)?;
        out.item(Item::Media(MediaHeld { key, sha256, origin: input.locator().to_owned() }))
    }
}

/// Returns the key of an input's medium, by the address it was received from, else by its path.
fn key_of(input: &Input) -> Option<MediaKey> {
    match input.received() {
        Some(received) => is_platforms(&received.host()).then(|| of_address(received)),
        None => url_of(input.locator()).map(|url| MediaKey::of_url(&url)),
    }
}

/// Reports whether a host serves media of the platform.
fn is_platforms(host: &str) -> bool {
    ["qpic.cn", "qlogo.cn", "video.qq.com", "tc.qq.com", "res.wx.qq.com"]
        .iter()
        .any(|known| host.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

/// Returns the key of the medium at an address: voices and videos have their own ids, because their addresses expire.
pub(crate) fn of_address(received: &Received) -> MediaKey {
    if received.path().ends_with("/getvoice")
        && let Some(voice) = received.parameter("mediaid")
    {
        return MediaKey::of_voice(&voice);
    }
    match received.parameter("vid").filter(|vid| vid.starts_with("wxv_")) {
        Some(video) => MediaKey::of_video(&video),
        None => MediaKey::of_url(received.url()),
    }
}

/// Returns the address of a file, from the shelf (`mmbiz_png`, `sz_mmbiz_jpg` …) and the id in its path.
pub(crate) fn url_of(locator: &str) -> Option<String> {
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
