//! Maps names of columns and members to their meaning: the one table for lists of articles and for rows that refer to
//! an article along with other data. Names are compared without case, whitespace, underscores and hyphens.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::parse::table::column_name;

/// The meaning of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Meaning {
    Title,
    Link,
    /// The time when an article was published.
    Published,
    /// A time of the article in a row about an article; in statistics, the day that was counted.
    Time,
    Author,
    Digest,
    Cover,
    /// An article's text.
    Text,
    /// Messages between people, and notes.
    Talk,
    Account,
    Biz,
    Mid,
    Idx,
    Sn,
    Read,
    Like,
    Source,
    Id,
    Feed,
}

/// Names in the form of [`plain`]. Among columns of the same meaning, the first with a value takes precedence.
const NAMES: &[(Meaning, &[&str])] = &[
    (
        Meaning::Title,
        &[
            "标题",
            "文章标题",
            "标题名称",
            "内容标题",
            "图文标题",
            "推文标题",
            "题目",
            "文章名",
            "文章名称",
            "標題",
            "文章標題",
            "內容標題",
            "題目",
            "title",
            "articletitle",
            "msgtitle",
            "posttitle",
            "newstitle",
            "appmsgtitle",
            "名称",
            "名稱",
            "文章",
            "name",
            "subject",
        ],
    ),
    (
        Meaning::Link,
        &[
            "链接",
            "文章链接",
            "原文链接",
            "文章地址",
            "文章url",
            "网址",
            "地址",
            "永久链接",
            "連結",
            "鏈接",
            "文章連結",
            "文章鏈接",
            "網址",
            "url",
            "link",
            "articleurl",
            "contenturl",
            "msglink",
            "href",
            "sourceurl",
            "originalurl",
            "permalink",
            "linkurl",
            "articlelink",
            "externalurl",
        ],
    ),
    (
        Meaning::Published,
        &[
            "发布时间",
            "发表时间",
            "发布日期",
            "发表日期",
            "群发时间",
            "群发日期",
            "推送时间",
            "推送日期",
            "發布時間",
            "發表時間",
            "發佈時間",
            "發布日期",
            "發表日期",
            "publishtime",
            "published",
            "publishedat",
            "publishat",
            "publishdate",
            "datepublished",
            "pubdate",
            "pubtime",
            "pdate",
            "ptime",
            "posttime",
            "postdate",
            "postedat",
            "postat",
            "sendtime",
            "senttime",
            "senddate",
            "massendtime",
        ],
    ),
    (
        Meaning::Time,
        &[
            "时间",
            "日期",
            "時間",
            "ct",
            "datetime",
            "time",
            "date",
            "timestamp",
            "createtime",
            "createdat",
            "createdate",
            "创建时间",
            "创建日期",
            "created",
            "updated",
            "datemodified",
            "updatetime",
            "updatedat",
        ],
    ),
    (Meaning::Author, &["作者", "author", "authorname", "authors", "creator"]),
    (
        Meaning::Digest,
        &["摘要", "简介", "描述", "簡介", "digest", "summary", "description", "desc", "msgdesc", "abstract"],
    ),
    (
        Meaning::Cover,
        &[
            "封面",
            "封面图",
            "封面链接",
            "cover",
            "picurl",
            "thumburl",
            "cdnurl",
            "coverurl",
            "coverimage",
            "image",
            "thumb",
            "bannerimage",
        ],
    ),
    (
        Meaning::Text,
        &[
            "contenthtml",
            "html",
            "contentnoencode",
            "正文html",
            "htmlcontent",
            "richcontent",
            "articlehtml",
            "正文",
            "文章正文",
            "文章内容",
            "内容",
            "內容",
            "全文",
            "content",
            "articlecontent",
            "fulltext",
            "fullcontent",
            "body",
            "text",
            "contenttext",
            "articletext",
            "rawcontent",
            "markdown",
            "contentmd",
        ],
    ),
    (
        Meaning::Talk,
        &[
            "reply",
            "replycontent",
            "comment",
            "message",
            "msg",
            "remark",
            "note",
            "留言",
            "留言内容",
            "评论",
            "评论内容",
            "回复",
            "回复内容",
            "备注",
            "說明",
            "说明",
        ],
    ),
    (
        Meaning::Account,
        &[
            "公众号",
            "公众号名称",
            "公眾號",
            "账号",
            "帐号",
            "号名",
            "来源",
            "account",
            "accountname",
            "mpname",
            "nickname",
            "sourcename",
            "feedtitle",
        ],
    ),
    (Meaning::Biz, &["biz", "fakeid", "fakerid", "bizuin"]),
    (Meaning::Mid, &["mid", "appmsgid", "msgmid", "articlemid"]),
    (Meaning::Idx, &["idx", "itemidx", "msgidx"]),
    (Meaning::Sn, &["sn", "msgsn"]),
    (Meaning::Read, &["阅读", "阅读数", "阅读量", "閱讀", "閱讀數", "readnum", "readcount", "reads"]),
    (Meaning::Like, &["点赞", "点赞数", "oldlikenum"]),
    (Meaning::Source, &["contentsourceurl"]),
    (Meaning::Id, &["id", "guid", "articleid"]),
    (Meaning::Feed, &["mpid", "feedid", "accountid", "sourceid"]),
];

/// Meaning, and rank among the names of that meaning.
static KNOWN: LazyLock<HashMap<&str, (Meaning, usize)>> = LazyLock::new(|| {
    let names =
        NAMES.iter().flat_map(|(meaning, names)| (0..).zip(*names).map(|(rank, name)| (*name, (*meaning, rank))));
    names.collect()
});

/// Normalizes a name for comparison.
pub(crate) fn plain(name: &str) -> String {
    let name = column_name(name).to_lowercase();
    name.chars().filter(|letter| !matches!(letter, '_' | '-')).collect()
}

/// Returns the meaning of a column with this name, in the form of [`plain`].
pub(crate) fn meaning(plain: &str) -> Option<Meaning> {
    KNOWN.get(plain).map(|(meaning, _)| *meaning)
}

/// Column prefixes in databases whose columns are named after their table.
const TABLES: &[&str] = &["art_", "article_", "essay_", "f_", "c_"];

fn known(name: &str) -> Option<(Meaning, usize)> {
    let bare = || {
        TABLES
            .iter()
            .find_map(|table| name.get(..table.len())?.eq_ignore_ascii_case(table).then(|| &name[table.len()..]))
    };
    KNOWN.get(plain(name).as_str()).or_else(|| KNOWN.get(plain(bare()?).as_str())).copied()
}

/// Returns the known columns among these names as meaning and position, sorted so that the preferred column of a
/// meaning comes first.
pub(crate) fn places<'n>(names: impl Iterator<Item = &'n str>) -> Vec<(Meaning, usize)> {
    let known = names.enumerate().filter_map(|(place, name)| Some((known(name)?, place)));
    let mut known: Vec<((Meaning, usize), usize)> = known.collect();
    known.sort_by_key(|((_, rank), place)| (*rank, *place));
    known.into_iter().map(|((meaning, _), place)| (meaning, place)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_once_and_as_it_is_compared() {
        let all: Vec<&str> = NAMES.iter().flat_map(|(_, names)| *names).copied().collect();
        assert_eq!(all.len(), KNOWN.len(), "a name stands twice");
        for name in all {
            assert_eq!(plain(name), name);
        }
    }

    #[test]
    fn spellings_are_one_name() {
        for name in ["publish_time", "publishTime", "Publish Time", "PUBLISH-TIME", "发布 时间"] {
            assert_eq!(meaning(&plain(name)), Some(Meaning::Published), "{name}");
        }
        assert_eq!(places(["name", "x", "标题"].into_iter()), [(Meaning::Title, 2), (Meaning::Title, 0)]);
    }
}
