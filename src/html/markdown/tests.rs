//! Tests of the Markdown written for sanitised bodies.

use super::*;
use crate::html::body_urls::Word;

struct Here;

impl BodyUrls for Here {
    fn media(&self, path: &str) -> Option<String> {
        path.rsplit('/').next().map(|name| format!("images/{name}"))
    }

    fn link(&self, href: &str) -> Option<String> {
        ["https://", "http://", "mailto:"].iter().any(|scheme| href.starts_with(scheme)).then(|| href.to_owned())
    }

    fn word(&self, word: Word) -> String {
        format!("{word:?}")
    }
}

fn of(raw: &str) -> String {
    written(raw).text
}

fn written(raw: &str) -> Markdown {
    markdown(&sanitise(raw, &SanitiseOptions::default()).html, &Here)
}

#[test]
fn paragraphs_breaks_and_headings() {
    assert_eq!(
        of("<p>一</p><section>二<br>三</section><h1>四</h1><h3><b>五</b></h3>"),
        "一\n\n二  \n三\n\n## 四\n\n### 五"
    );
    assert_eq!(of("<p><br></p><p>&nbsp;</p><p>一</p><p></p>"), "一");
    assert_eq!(of("<section><section><span>一</span></section>二</section>"), "一\n\n二");
    assert_eq!(of("<p>1. 不是列表<br>- 也不是</p>"), "1\\. 不是列表  \n\\- 也不是");
}

#[test]
fn looks_of_elements_and_of_styles() {
    assert_eq!(of(r#"<p>第<span style="font-weight:bold">加粗，</span>后文</p>"#), "第**加粗**，后文");
    assert_eq!(of("<p>如<strong>《李茶》</strong>已经</p>"), "如&#8203;**《李茶》**&#8203;已经");
    assert_eq!(
        of(r#"<strong><p>一</p><p>二<span style="font-weight:normal">三</span></p></strong>"#),
        "**一**\n\n**二**三"
    );
    assert_eq!(of("<p>H<sub>2</sub>O、<em>斜</em>、<del>旧</del></p>"), "H<sub>2</sub>O、*斜*、~~旧~~");
}

#[test]
fn links_pictures_and_what_is_not_held() {
    assert_eq!(of(r#"<p><a href="https://e.org/?a=1&amp;b=(2)">词</a></p>"#), "[词](https://e.org/?a=1&amp;b=%282%29)");
    assert_eq!(of(r#"<p><a href="javascript:alert(1)">词</a></p>"#), "词");
    let body = r#"<p><img src="../../../media/sha256/ab/abc.png" alt="一 [二]"></p><video src="../../../media/sha256/ab/v.mp4" poster="../../../media/sha256/ab/p.jpg" controls="" preload="none"></video><img src="liudi-media:123" alt="三">"#;
    let written = markdown(body, &Here);
    assert_eq!(
        written.text,
        "![一 \\[二\\]](images/abc.png)\n\n[![Video](images/p.jpg)](images/v.mp4)［MissingImage · 三］"
    );
    assert_eq!(written.missing, 1);
}

#[test]
fn lists_quotations_and_code() {
    assert_eq!(
        of(
            "<ul><li>一<ul><li>二</li></ul></li><li>三</li></ul><ol start=\"3\"><li><p>四</p><p>五</p></li><li>六</li></ol>"
        ),
        "- 一\n  - 二\n- 三\n\n3. 四\n\n   五\n\n4. 六"
    );
    assert_eq!(of("<blockquote><p>一</p><p>二</p></blockquote>"), "> 一\n>\n> 二");
    assert_eq!(
        of(
            r#"<section class="code-snippet__fix"><ul class="code-snippet__line-index"><li></li><li></li></ul><pre class="code-snippet__js" data-lang="rust"><code><span>fn main() {</span></code><code><span>    let a = "`";</span></code></pre></section>"#
        ),
        "```rust\nfn main() {\n    let a = \"`\";\n```"
    );
    assert_eq!(of("<p>用 <code>a`b</code> 吧</p>"), "用 ``a`b`` 吧");
}

#[test]
fn tables_of_one_line_cells_are_gfm_and_others_html() {
    assert_eq!(
        of(
            "<table><tbody><tr><td><section><span>项目</span></section></td><td>数|量</td></tr><tr><td>鲜叶<br>干叶</td><td><p>一</p><p>二</p></td></tr></tbody></table>"
        ),
        "| 项目 | 数\\|量 |\n| --- | --- |\n| 鲜叶<br>干叶 | 一<br>二 |"
    );
    assert_eq!(
        of(
            "<table><tfoot><tr><td>合计</td><td>3</td></tr></tfoot><tbody><tr><td>一</td><td>3</td></tr></tbody><thead><tr><th>项目</th><th>数</th></tr></thead></table>"
        ),
        "| 项目 | 数 |\n| --- | --- |\n| 一 | 3 |\n| 合计 | 3 |"
    );
    let merged = written(
        r#"<table><tr><td colspan="2" style="color:red">合计 &lt;1&gt;</td></tr><tr><td>一</td><td><img src="liudi-media:00000000000000000000000000000001"></td></tr></table>"#,
    );
    assert_eq!(
        merged.text,
        r#"<table><tbody><tr><td colspan="2">合计 &lt;1&gt;</td></tr><tr><td>一</td><td>［MissingImage］</td></tr></tbody></table>"#
    );
    assert_eq!(merged.lost.get("table"), Some(&1));
    assert_eq!(of("<table><tr><td><p>只是一个框</p><p>二</p></td></tr></table>"), "只是一个框\n\n二");
}

#[test]
fn a_picture_in_bold_words_is_one() {
    let body = r#"<p>甲<strong><img src="../media/sha256/ab/a.png" alt="">乙</strong></p>"#;
    assert_eq!(markdown(body, &Here).text, "甲&#8203;**![](images/a.png)乙**");
    assert_eq!(of("<h2>学习 C #</h2><p>5~10 元~</p>"), "## 学习 C \\#\n\n5\\~10 元\\~");
}

#[test]
fn what_a_drawing_holds_is_written_once() {
    let mut body = "<p>内</p>".to_owned();
    for _ in 0..12 {
        body = format!("<svg viewBox=\"0 0 1 1\"><foreignObject>{body}</foreignObject></svg>");
    }
    let written = markdown(&body, &Here);
    assert_eq!(written.text, "内", "{}", written.text.len());
}

#[test]
fn cards_and_backgrounds_are_counted() {
    let card = r#"<p>前</p><span class="liudi-card" data-kind="mp-common-profile"><img src="../media/sha256/ab/a.png" alt=""><span class="liudi-words">〔公众号〕山间</span></span><p>后</p>"#;
    let card = markdown(card, &Here);
    assert_eq!(card.text, "前\n\n![](images/a.png)〔公众号〕山间\n\n后");
    assert_eq!(card.lost.get("mp-common-profile"), Some(&1));
    let cell = r#"<table><tr><td><span class="liudi-card" data-kind="mpvoice">声</span></td><td>乙</td></tr></table>"#;
    assert_eq!(markdown(cell, &Here).lost.get("mpvoice"), Some(&1));
    let ground = |inner: &str| {
        markdown(&format!("<section style=\"background-image:url(../media/sha256/ab/b.png)\">{inner}</section>"), &Here)
    };
    assert_eq!(ground("").text, "![](images/b.png)");
    let behind = ground("词");
    assert_eq!((behind.text.as_str(), behind.lost.get("background")), ("词", Some(&1)));
    // Wherever it is: behind the cells, the lines and the words of a table, in a table as HTML, in a list, in a line.
    let style = "style=\"background-image:url(../media/sha256/ab/b.png)\"";
    for (body, shown, lost) in [
        (format!("<table><tr><td {style}><p {style}>一</p></td><td {style}></td></tr></table>"), 1, 2),
        (
            format!(
                "<table {style}><tr {style}><td colspan=\"2\" {style}>一</td></tr><tr><td>1</td><td>2</td></tr></table>"
            ),
            0,
            3,
        ),
        (format!("<ul {style}><li {style}>一</li></ul><h2 {style}>二</h2><blockquote {style}>三</blockquote>"), 0, 4),
        (format!("<p>一<span {style}>二</span><span {style}></span></p>"), 1, 1),
        (format!("<svg viewBox=\"0 0 1 1\" {style}></svg>"), 1, 0),
        (format!("<svg viewBox=\"0 0 1 1\" {style}><text>字</text></svg>"), 0, 1),
    ] {
        let written = markdown(&body, &Here);
        let counted = written.lost.get("background").copied().unwrap_or_default();
        assert_eq!((written.text.matches("![](images/b.png)").count(), counted), (shown, lost), "{body}: {written:?}");
    }
    let unsaved = markdown("<section style=\"background-image:url(liudi-media:1)\"></section>", &Here);
    assert_eq!((unsaved.text.as_str(), unsaved.missing), ("［MissingImage］", 1));
}

#[test]
fn every_drawing_that_shows_anything_is_counted() {
    let drawing = |inner: &str| markdown(&format!("<p>一</p><svg viewBox=\"0 0 1 1\">{inner}</svg>"), &Here);
    for (inner, text, svg, missing) in [
        ("<rect width=\"1\" height=\"1\"></rect>", "一", 1, 0),
        ("<g><path d=\"M0 0\"></path></g>", "一", 1, 0),
        ("<g></g>", "一", 0, 0),
        ("", "一", 0, 0),
        ("<image href=\"liudi-media:1\"></image>", "一\n\n［MissingImage］", 1, 1),
        ("<image href=\"../media/sha256/ab/a.png\"></image>", "一\n\n![](images/a.png)", 1, 0),
    ] {
        let written = drawing(inner);
        let counted = written.lost.get("svg").copied().unwrap_or_default();
        assert_eq!((written.text.as_str(), counted, written.missing), (text, svg, missing), "{inner}");
    }
    let cell = "<table><tr><td colspan=\"2\"><svg viewBox=\"0 0 1 1\"><image href=\"liudi-media:1\"></image></svg></td></tr><tr><td>1</td><td>2</td></tr></table>";
    let cell = markdown(cell, &Here);
    assert_eq!((cell.lost.get("svg"), cell.missing), (Some(&1), 1), "{cell:?}");
}

#[test]
fn lists_keep_their_numbers_and_stay_apart() {
    for (body, expected) in [
        ("<ol><li>一</li></ol><ol><li>甲</li></ol>", "1. 一\n\n1) 甲"),
        ("<ul><li>一</li></ul><ul><li>甲</li></ul><p>后</p>", "- 一\n\n* 甲\n\n后"),
        (r#"<ol><li>一</li><li value="7">七</li><li>八</li></ol>"#, "1. 一\n\n7) 七\n8) 八"),
        ("<ol><li>一</li><li></li><li>三</li></ol>", "1. 一\n\n3) 三"),
        (r#"<ol reversed=""><li>二</li><li>一</li></ol>"#, "2. 二\n\n1) 一"),
        (r#"<ul><li>一<ol start="3"><li>三</li></ol></li></ul>"#, "- 一\n\n  3. 三"),
        (r#"<ol start="-2"><li>一</li></ol>"#, "0. 一"),
        ("<ul><li><hr></li></ul>", "- ___"),
    ] {
        assert_eq!(of(body), expected, "{body}");
    }
    let dialect = Dialect { html_code: &[], is_kramdown: true };
    let joined = markdown_as("<ol><li>一</li></ol><ol><li>甲</li></ol>", &Here, dialect).text;
    assert_eq!(joined, "1. 一\n\n<!-- -->\n\n1. 甲");
    let started = markdown_as("<ol start=\"3\"><li>三\n<b>粗</b></li></ol>", &Here, dialect).text;
    assert_eq!(started, r#"<ol start="3"><li>三 <strong>粗</strong></li></ol>"#);
    let table = markdown_as("<table><tr><td><code>a|b</code></td><td>c</td></tr></table>", &Here, dialect).text;
    assert_eq!(table, "| <code>a&#124;b</code> | c |\n| --- | --- |");
}

#[test]
fn code_that_a_target_would_run_is_html_there() {
    let dialect = Dialect { html_code: &["<!--more", "{{<"], is_kramdown: false };
    let body = "<p><code>&lt;!--more--&gt;</code> <code>a*b</code></p><pre><code>{{&lt; x &gt;}}\n\n*y*</code></pre>";
    assert_eq!(
        markdown_as(body, &Here, dialect).text,
        "<code>&lt;!--more--></code> `a*b`\n\n<pre><code>{&#123;&lt; x &gt;}}\n\n*y*</code></pre>"
    );
    assert_eq!(of("<p>&lt;!--more--&gt;</p>"), "&lt;!--more-->");
}

#[test]
fn code_beside_code_and_in_tables() {
    assert_eq!(of("<p><code>a</code><code>b</code></p>"), "`ab`");
    assert_eq!(of("<p>`<code>c</code></p>"), "\\`&#8203;`c`");
    assert_eq!(of("<p><code>a<br>b</code></p>"), "`a`  \n`b`");
    assert_eq!(
        of("<table><tr><td><code>a|b</code></td><td>c|d</td></tr></table>"),
        "| `a\\|b` | c\\|d |\n| --- | --- |"
    );
}

#[test]
fn a_table_as_html_keeps_emphasis_lines_and_drawings() {
    let table = |cell: &str| {
        written(&format!("<table><tr><td colspan=\"2\">{cell}</td></tr><tr><td>1</td><td>2</td></tr></table>"))
    };
    for (cell, expected) in [
        (r#"甲<span style="font-weight:700">乙</span>"#, "甲<strong>乙</strong>"),
        (r#"<strong>甲<span style="font-weight:normal">乙</span></strong>"#, "<strong>甲</strong>乙"),
        ("<pre><code>一\n\n二</code></pre>", "<pre><code>一<br /><br />二</code></pre>"),
        (r#"<svg viewBox="0 0 1 1"><text>字</text></svg>"#, "字"),
        ("{{ x }} {% y %}", "{&#123; x }} {&#37; y %}"),
    ] {
        let html = table(cell).text;
        assert!(html.contains(&format!("<td colspan=\"2\">{expected}</td>")), "{html}");
        assert!(!html.contains('\n'), "{html}");
    }
    assert_eq!(table(r#"<svg viewBox="0 0 1 1"><text>字</text></svg>"#).lost.get("svg"), Some(&1));
    assert_eq!(written(r#"<table><tr><td colspan="1">甲</td><td>乙</td></tr></table>"#).lost.len(), 0);
}

#[test]
fn lines_are_kept_where_they_are_shown() {
    assert_eq!(of(r#"<p style="white-space:pre-wrap">一\n二</p>"#.replace("\\n", "\n").as_str()), "一  \n二");
    assert_eq!(of("<p>一\n二</p>"), "一 二");
    assert_eq!(
        of("<h2>一<br>二</h2><h3><br></h3><h2><section>甲</section><section>乙</section></h2>"),
        "## 一 二\n\n## 甲 乙"
    );
    let body = r#"<pre>甲<img src="../media/sha256/ab/a.png">乙</pre>"#;
    assert_eq!(markdown(body, &Here).text, "甲![](images/a.png)乙");
}

#[test]
fn another_hand_is_sanitised_first() {
    assert_eq!(markdown("<p>一<script>alert(1)</script><b>二", &Here).text, "一**二**");
}
