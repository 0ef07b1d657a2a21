//! Tests of the whole pass.

use super::*;

fn run(raw: &str) -> String {
    sanitise(raw, &SanitiseOptions::default()).html
}

#[test]
fn images_are_named_by_key_with_their_size() {
    let body = sanitise(
        r#"<p><img class="rich_pages" data-src="https://mmbiz.qpic.cn/mmbiz_png/Abc/640?wx_fmt=png&amp;from=appmsg" data-ratio="0.5" data-w="1080" alt="图片" style="width:100% !important;visibility:visible"></p>"#,
        &SanitiseOptions::default(),
    );
    let key = &body.media[0].key;
    assert_eq!(
        body.html,
        format!(
            "<p><img src=\"liudi-media:{}\" alt=\"\" width=\"1080\" height=\"540\" style=\"width:100%;visibility:visible\"></p>",
            key.as_str()
        )
    );
    assert_eq!(body.media[0].urls[0], "https://mmbiz.qpic.cn/mmbiz_png/Abc/0?wx_fmt=png");
    assert_eq!((body.media[0].width, body.media[0].height), (Some(1080), Some(540)));
    assert_eq!(resolve(&body.html, |_| Some("../m/x.png".to_owned())).matches("src=\"../m/x.png\"").count(), 1);
    assert_eq!(resolve(&body.html, |_| None), body.html);
}

#[test]
fn a_saved_file_beside_the_page_is_its_local_form() {
    let body = sanitise(
        r#"<img data-src="https://mmbiz.qpic.cn/mmbiz_png/Abc/640" src="./a_files/640"><img src="a_files/2.png">"#,
        &SanitiseOptions::default(),
    );
    assert_eq!(body.media[0].local.as_deref(), Some("a_files/640"));
    assert_eq!(body.media[0].key, crate::model::MediaKey::of_url("https://mmbiz.qpic.cn/mmbiz_png/Abc/0"));
    assert_eq!(body.media[1].local.as_deref(), Some("a_files/2.png"));
    assert!(body.media[1].urls.is_empty());
}

#[test]
fn code_keeps_its_lines() {
    assert_eq!(
        run(
            r#"<section class="code-snippet__fix"><ul class="code-snippet__line-index"><li></li><li></li></ul><pre class="code-snippet__js" data-lang="rust"><code><span class="x">fn</span> a() {</code><code><span leaf=""><br></span></code><code>&nbsp;&nbsp;1 &lt; 2</code></pre></section>"#
        ),
        "<section><pre><code data-lang=\"rust\">fn a() {\n\n  1 &lt; 2</code></pre></section>"
    );
    assert_eq!(run("<pre>\n\n\nx</pre>"), "<pre>\n\n\nx</pre>");
    for lines in [
        "<pre><span class=line>a = 1</span><span class=line>  b &lt; 2</span><span class=line></span><span class=line>c</span></pre>",
        "<pre class=prism><code><span class=\"token-line x\">a = 1\n</span><span class=token-line>  b &lt; 2\n</span><span class=token-line>\n</span><span class=token-line>c\n</span></code></pre>",
        "<pre><code><span class=line>a = 1</span>\n<span class=line>  b &lt; 2</span>\n<span class=line></span>\n<span class=line>c</span></code></pre>",
        "<pre><div>a = 1</div><div>  b &lt; 2</div><div><br></div><div>c</div></pre>",
        "<pre><div class=line>a = 1</div><div class=line>  b &lt; 2</div><div class=line><br></div><div class=line>c</div></pre>",
        "<pre><ol><li>a = 1</li><li>  b &lt; 2</li><li></li><li>c</li></ol></pre>",
        "<pre><code>a = 1</code><code>  b &lt; 2</code><code></code><code>c</code></pre>",
        "<section class=code-snippet__fix><ul class=code-snippet__line-index><li></ul><code>a = 1</code><code>  b &lt; 2</code><code><br></code><code>c</code></section>",
        "<pre><code class=hljs><table class=hljs-ln><tbody><tr><td class=hljs-ln-numbers><div data-line-number=1>1</div></td><td class=hljs-ln-code>a = 1</td></tr><tr><td class=hljs-ln-numbers>2</td><td>  b &lt; 2</td></tr><tr><td><br></td></tr><tr><td>c</td></tr></tbody></table></code></pre>",
        "<table class=hljs-ln><tr><td class=hljs-ln-numbers>1</td><td>a = 1</td></tr><tr><td>  b &lt; 2</td></tr><tr><td></td></tr><tr><td>c</td></tr></table>",
        "<code class=hljs><span class=line>a = 1</span><span class=line>  b &lt; 2</span><span class=line></span><span class=line>c</span></code>",
        "<pre><span style='display: block'>a = 1</span><span style='display:block;'>  b &lt; 2</span><span style='display:block'></span><span style='display:block'>c</span></pre>",
    ] {
        let html = run(lines);
        assert!(html.contains("<pre><code>a = 1\n  b &lt; 2\n\nc</code></pre>"), "{lines}\n{html}");
        assert_eq!(run(&html), html);
    }
    for kept in [
        "<pre>a<br>b</pre>",
        "<pre><code>a\n<b>b</b></code></pre>",
        "<div><div>a</div><div>b</div></div>",
        "<p><code>a</code> <code>b</code></p>",
    ] {
        assert_eq!(run(kept), kept, "{kept}");
    }
}

#[test]
fn widgets_have_a_static_form_and_are_counted() {
    let body = sanitise(
        r#"<p><mp-common-mpaudio name="早安" author="某某" voice_encode_fileid="MzI_1" play_length="66000"></mp-common-mpaudio></p>
<p><iframe class="video_iframe" data-mpvid="wxv_123456" data-cover="http%3A%2F%2Fmmbiz.qpic.cn%2Fmmbiz_jpg%2FCov%2F0"></iframe></p>
<mp-common-profile data-nickname="甲" data-signature="乙"></mp-common-profile><mp-common-new-thing>字</mp-common-new-thing>
<mp-style-type data-value="3"></mp-style-type><script>alert(1)</script>"#,
        &SanitiseOptions::default(),
    );
    assert!(body.html.contains("〔语音〕早安 · 某某 · 1:06"), "{}", body.html);
    assert!(body.html.contains("<video controls=\"\" preload=\"none\" src=\"liudi-media:"), "{}", body.html);
    assert!(body.html.contains("〔公众号〕甲 · 乙") && body.html.contains('字'));
    let counts = |kind: &str| body.census.get(kind).copied().unwrap_or_default();
    assert_eq!(counts("mp-common-mpaudio").replaced, 1);
    assert_eq!(counts("video_iframe").replaced, 1);
    assert_eq!(counts("mp-common-new-thing").replaced, 1);
    assert_eq!(counts("mp-style-type").dropped, 1);
    assert_eq!(counts("script").dropped, 1);
    assert_eq!(
        body.media.iter().map(|m| m.role).collect::<Vec<_>>(),
        [MediaRole::Audio, MediaRole::Video, MediaRole::Poster]
    );
    assert_eq!(body.media[0].urls, ["https://res.wx.qq.com/voice/getvoice?mediaid=MzI%5F1"]);
}

use crate::model::MediaRole;

#[test]
fn the_hidden_content_box_is_taken_off() {
    assert_eq!(
        run(
            r#"<div id="js_content" style="visibility: hidden; opacity: 0;"><section><span leaf="">字</span></section></div>"#
        ),
        "<section>字</section>"
    );
}

#[test]
fn links_are_listed_with_their_text() {
    let body = sanitise(
        r#"<a href="http://mp.weixin.qq.com/s?__biz=Mz==&amp;mid=1&amp;idx=1#rd" onclick="x()">前 <b>篇</b></a><a href="javascript:x">无</a>"#,
        &SanitiseOptions::default(),
    );
    assert_eq!(body.links.len(), 1);
    assert_eq!(body.links[0].href, "http://mp.weixin.qq.com/s?__biz=Mz==&mid=1&idx=1#rd");
    assert_eq!(body.links[0].text, "前 篇");
    assert!(body.html.ends_with("</a>无"), "{}", body.html);
}

#[test]
fn animated_svg_stays_without_its_teeth() {
    let html = run(
        r#"<svg viewBox="0 0 10 10" onload="x()" style="width:100%"><defs><linearGradient id="g"><stop offset="0" stop-color="red"/></linearGradient></defs><g><rect width="5" height="5" fill="url(#g)"><animate attributeName="opacity" begin="click" from="1" to="0" dur="1s" fill="freeze"/><animate attributeName="href" to="javascript:alert(1)"/></rect><a href="javascript:x"><text>字</text></a><script>x()</script><foreignObject width="9" height="9"><section style="color:red">内<script>y()</script></section></foreignObject><image xlink:href="https://mmbiz.qpic.cn/mmbiz_png/Q/0"/><use href="https://evil.example/x.svg#a"/></g></svg>"#,
    );
    for part in [
        "id=\"s-g\"",
        "url(#s-g)",
        "<animate attributeName=\"opacity\"",
        "<text>字</text>",
        "<section style=\"color:red\">内</section>",
        "<image href=\"liudi-media:",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    for part in ["onload", "script", "javascript", "evil", "attributeName=\"href\""] {
        assert!(!html.contains(part), "{part} in {html}");
    }
    assert_eq!(run(&html), html);
}
