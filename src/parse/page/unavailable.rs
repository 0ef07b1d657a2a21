//! Recognizes pages served instead of an article: deleted, blocked, moved, expired, or a challenge of the platform.
//!
//! Normal pages also contain many of these words (templates, bundled code), so only pages without an article are
//! checked. The words are searched in the visible text and, for pages rendered by script, in the few statements of
//! theirs.

use memchr::memmem;

use super::scan;
use crate::model::GapReason;

/// A page served instead of an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailable {
    /// The meaning of the page.
    pub reason: GapReason,
    /// The platform's own words.
    pub words: String,
    /// The address to which the account has moved, according to the page.
    pub moved_to: Option<String>,
}

/// Signs of a challenge for a human visitor. The whole page is searched, since it is rendered by script.
const CHALLENGE: &[&str] = &["wappoc_appmsgcaptcha", "secitptpage/verify", "完成验证后即可继续访问", "访问过于频繁"];

/// Words and their meaning, the more specific first.
const WORDS: &[(&str, GapReason)] = &[
    ("环境异常", GapReason::FetchBlocked),
    ("操作频繁，请稍后再试", GapReason::FetchBlocked),
    ("已自主注销", GapReason::AccountClosed),
    ("帐号已被注销", GapReason::AccountClosed),
    ("账号已被注销", GapReason::AccountClosed),
    ("帐号已注销", GapReason::AccountClosed),
    ("账号已注销", GapReason::AccountClosed),
    ("该内容已被发布者删除", GapReason::DeletedByAuthor),
    ("此内容已被发布者删除", GapReason::DeletedByAuthor),
    ("has been deleted by the author", GapReason::DeletedByAuthor),
    ("未将文章素材同步", GapReason::Migrated),
    ("帐号迁移流程", GapReason::Migrated),
    ("账号迁移流程", GapReason::Migrated),
    ("该公众号已迁移", GapReason::Migrated),
    ("经审核涉嫌侵权", GapReason::Complaint),
    ("由用户投诉并经平台审核", GapReason::Complaint),
    ("此内容被投诉", GapReason::Complaint),
    ("此内容因违规无法查看", GapReason::BlockedByPlatform),
    ("此帐号已被屏蔽", GapReason::BlockedByPlatform),
    ("此账号已被屏蔽", GapReason::BlockedByPlatform),
    ("帐号已被停止使用", GapReason::BlockedByPlatform),
    ("账号已被停止使用", GapReason::BlockedByPlatform),
    ("此内容发送失败无法查看", GapReason::BlockedByPlatform),
    ("该内容暂时无法查看", GapReason::BlockedByPlatform),
    ("链接已过期", GapReason::ExpiredWindow),
    ("The link has expired", GapReason::ExpiredWindow),
    ("参数错误", GapReason::DownloadFailed),
    ("系统出错", GapReason::DownloadFailed),
];

/// Returns the notice that `page` contains; `None` if it contains none.
pub fn read(page: &[u8]) -> Option<Unavailable> {
    // Such pages are small; a large page contains these words by chance.
    if page.len() > 512 * 1024 {
        return None;
    }
    let found = |words: &str| memmem::find(page, words.as_bytes()).is_some();
    let visible = scan::text(page);
    if CHALLENGE.iter().any(|sign| found(sign)) {
        return Some(Unavailable { reason: GapReason::FetchBlocked, words: brief(&visible, ""), moved_to: None });
    }
    // The reason for a violation follows its notice: "此内容因违规无法查看 由用户投诉并经平台审核，涉嫌过度营销".
    let violation = visible.contains("此内容因违规无法查看");
    let moved_to = super::data::value_assigned(page, b"transferTargetLink")
        .and_then(|value| crate::parse::json::url(value.as_str()?))
        .filter(|url| url.starts_with("http"));
    let (words, reason) = WORDS.iter().find(|(words, reason)| {
        visible.contains(words) && !(violation && *reason == GapReason::Complaint && !words.contains("侵权"))
    })?;
    Some(Unavailable { reason: *reason, words: brief(&visible, words), moved_to })
}

/// Returns an excerpt around the matched words for display, not the whole page.
fn brief(visible: &str, words: &str) -> String {
    let found = visible.find(words).unwrap_or(0);
    // From the beginning of the sentence: "此帐号已自主注销".
    let start = visible[..found].rfind(char::is_whitespace).map_or(0, |blank| blank + 1);
    let start = if found - start < 64 { start } else { found };
    visible[start..].chars().take(120).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(body: &str) -> Option<GapReason> {
        read(format!("<html><script>var a = '此内容因违规无法查看'</script><body>{body}</body></html>").as_bytes())
            .map(|page| page.reason)
    }

    #[test]
    fn each_kind_of_page_has_its_reason() {
        assert_eq!(reason("<div class='weui-msg__title'>该内容已被发布者删除</div>"), Some(GapReason::DeletedByAuthor));
        assert_eq!(reason("The content has been deleted by the author."), Some(GapReason::DeletedByAuthor));
        assert_eq!(
            reason("<h2>此内容因违规无法查看</h2><p>由用户投诉并经平台审核，涉嫌过度营销</p>"),
            Some(GapReason::BlockedByPlatform)
        );
        assert_eq!(reason("此内容被投诉且经审核涉嫌侵权，无法查看。"), Some(GapReason::Complaint));
        assert_eq!(reason("此帐号已自主注销，内容无法查看"), Some(GapReason::AccountClosed));
        assert_eq!(reason("<p>链接已过期 </p>"), Some(GapReason::ExpiredWindow));
        assert_eq!(
            reason("<h2>环境异常</h2><p>当前环境异常，完成验证后即可继续访问。</p><a>去验证</a>"),
            Some(GapReason::FetchBlocked)
        );
        assert_eq!(reason("<script>document.write('访问过于频繁')</script>"), Some(GapReason::FetchBlocked));
        assert_eq!(reason("hello"), None);
        let page = "<script>var transferTargetLink = 'http://mp.weixin.qq.com/s?__biz=Mz\\x26amp;mid=1';</script><p>该公众号已迁移</p>";
        let moved = read(page.as_bytes()).unwrap();
        assert_eq!(
            (moved.reason, moved.moved_to.as_deref()),
            (GapReason::Migrated, Some("http://mp.weixin.qq.com/s?__biz=Mz&mid=1"))
        );
    }
}
