//! Writes the public bag of a large invented account, for measurements of the mirror:
//! `cargo run --release --example large_archive -- 10000 FOLDER [HUGO_FOLDER]`, then `liudi mirror FOLDER`.
//!
//! The texts consist of words distributed as in prose (few often, most rarely), so that the lists and shards of the
//! search index are as long as real ones. With a third argument the same articles are also written as a Hugo site.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a tool that cannot go on may stop")]

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use liudi::html::{SanitiseOptions, sanitise};
use liudi::model::article::{ARTICLE_SCHEMA, AlbumRef, Provenance};
use liudi::model::{AccountFields, Article, ArticleFields, Class, Sha256, Time, layout};

/// Characters per article: 2.6 KB in UTF-8.
const CHARACTERS: usize = 870;
const BIZ: &str = "MzA5OTk5OTk5OQ==";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [count, folder, hugo @ ..] = arguments.as_slice() else {
        eprintln!("large_archive COUNT FOLDER [HUGO_FOLDER]");
        return;
    };
    let mut bag = Bag::new(Path::new(folder));
    let hugo = hugo.first().map(PathBuf::from);
    if let Some(hugo) = &hugo {
        hugo_site(hugo);
    }
    let mut words = Words::new();
    let account = AccountFields {
        name: Some("万卷".into()),
        signature: Some("一个从未有过的账号".into()),
        ..AccountFields::default()
    };
    bag.add("account.json", &serde_json::to_vec(&account).unwrap());
    for number in 0..count.parse().unwrap() {
        let (title, paragraphs) = (words.title(), words.text(number));
        bag.article(number, &title, &paragraphs);
        if let Some(hugo) = &hugo {
            hugo_page(hugo, number, &title, &paragraphs);
        }
    }
    bag.close();
    // The working folder marks the folder as an archive.
    fs::create_dir_all(Path::new(folder).join(layout::WORK)).unwrap();
}

/// A generator that draws words by rank: the first is drawn twice as often as the second, three times as often as the
/// third.
struct Words {
    list: Vec<String>,
    sums: Vec<f64>,
    state: u64,
}

impl Words {
    fn new() -> Self {
        let mut words = Self { list: Vec::new(), sums: Vec::new(), state: 0x9E37_79B9_7F4A_7C15 };
        let characters = sums(3500);
        for rank in 0..30_000 {
            let length = match (rank, words.next() % 10) {
                (0..60, _) => 1,
                (_, 0..7) => 2,
                _ => 3,
            };
            let word = (0..length)
                .map(|_| {
                    let at = words.draw(&characters);
                    // Spread over the block, one character per rank.
                    char::from_u32(0x4E00 + u32::try_from(at * 5 % 20_900).unwrap()).unwrap()
                })
                .collect();
            words.list.push(word);
        }
        words.sums = sums(words.list.len());
        words
    }

    fn next(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }

    #[expect(clippy::cast_precision_loss, reason = "a draw")]
    fn draw(&mut self, sums: &[f64]) -> usize {
        let point = (self.next() >> 11) as f64 / (1_u64 << 53) as f64 * sums.last().unwrap();
        sums.partition_point(|sum| *sum < point).min(sums.len() - 1)
    }

    fn word(&mut self) -> String {
        let sums = std::mem::take(&mut self.sums);
        let at = self.draw(&sums);
        self.sums = sums;
        self.list[at].clone()
    }

    fn title(&mut self) -> String {
        (0..4 + self.next() % 5).map(|_| self.word()).collect()
    }

    fn text(&mut self, number: usize) -> Vec<String> {
        let mut paragraphs = vec![format!("记号{}。", mark(number))];
        let mut length = 0;
        while length < CHARACTERS {
            let mut paragraph = String::new();
            for sentence in 0..3 {
                for word in 0..6 + self.next() % 9 {
                    if word == 5 {
                        paragraph.push('，');
                    }
                    paragraph += &self.word();
                }
                if sentence == 1 && self.next().is_multiple_of(4) {
                    paragraph += ["Rust", "HTML", "email", "2024", "WeChat"][usize::try_from(self.next() % 5).unwrap()];
                }
                paragraph.push('。');
            }
            length += paragraph.chars().count();
            paragraphs.push(paragraph);
        }
        paragraphs
    }
}

#[expect(clippy::cast_precision_loss, reason = "a distribution")]
fn sums(count: usize) -> Vec<f64> {
    (1..=count)
        .scan(0.0, |sum, rank| {
            *sum += 1.0 / rank as f64;
            Some(*sum)
        })
        .collect()
}

/// Returns a word that no other article has, made of letters spread over the alphabet.
fn mark(number: usize) -> String {
    let mut rest = number.wrapping_mul(2_654_435_761) % 308_915_776;
    (0..6)
        .map(|_| {
            let letter = char::from(b'a' + u8::try_from(rest % 26).unwrap());
            rest /= 26;
            letter
        })
        .collect()
}

fn day(number: usize) -> Time {
    let start: jiff::civil::DateTime = "2012-08-23T08:00".parse().unwrap();
    let minutes = i64::try_from(number).unwrap() * 67;
    Time::from_wall(&start.saturating_add(jiff::Span::new().minutes(minutes)).strftime("%Y-%m-%d %H:%M").to_string())
        .unwrap()
}

struct Bag {
    data: PathBuf,
    manifest: std::io::BufWriter<fs::File>,
}

impl Bag {
    fn new(root: &Path) -> Self {
        let bag = layout::bag(root, Class::Public);
        fs::create_dir_all(bag.join(layout::DATA)).unwrap();
        let manifest = std::io::BufWriter::new(fs::File::create(bag.join(layout::MANIFEST)).unwrap());
        Self { data: bag.join(layout::DATA), manifest }
    }

    fn add(&mut self, path: &str, bytes: &[u8]) {
        fs::write(self.data.join(path), bytes).unwrap();
        writeln!(self.manifest, "{}  data/{path}", Sha256::of(bytes).hex()).unwrap();
    }

    fn article(&mut self, number: usize, title: &str, paragraphs: &[String]) {
        let mut html = String::new();
        for paragraph in paragraphs {
            let _ = write!(
                html,
                "<p style=\"margin: 0px 8px 24px;line-height: 1.75em;\"><span style=\"font-size: 16px;color: rgb(62, 62, 62);\">{paragraph}</span></p>"
            );
        }
        let body = sanitise(&html, &SanitiseOptions::default());
        let (mid, time) = (2_650_000_000 + number, day(number));
        let date = time.compact_date();
        let folder = format!("articles/{}/{date}-{mid}-1-{number}", &date[..4]);
        fs::create_dir_all(self.data.join(&folder)).unwrap();
        let fields = ArticleFields {
            title: Some(title.to_owned()),
            published: Some(time),
            url: Some(format!("https://mp.weixin.qq.com/s?__biz={BIZ}&mid={mid}&idx=1&sn={number:032x}")),
            albums: number.is_multiple_of(7).then(|| album(number / 7 % 40)).into_iter().collect(),
            item_show_type: Some(0),
            ..ArticleFields::default()
        };
        let article = Article {
            schema: ARTICLE_SCHEMA.into(),
            id: format!("{BIZ}_{mid}_1"),
            aliases: vec![format!("sn:{number:032x}")],
            class: Class::Public,
            fields,
            body: true,
            text_chars: body.text_chars,
            media: Vec::new(),
            links: body.links,
            census: body.census,
            widgets: Vec::new(),
            versions: Vec::new(),
            gaps: Vec::new(),
            provenance: Provenance::default(),
        };
        self.add(&format!("{folder}/content.html"), body.html.as_bytes());
        self.add(&format!("{folder}/article.json"), &serde_json::to_vec(&article).unwrap());
    }

    fn close(mut self) {
        self.manifest.flush().unwrap();
    }
}

fn album(number: usize) -> AlbumRef {
    AlbumRef { id: format!("30000000000000{number:04}"), title: format!("第{number}辑"), url: None }
}

fn hugo_site(folder: &Path) {
    fs::create_dir_all(folder.join("content/posts")).unwrap();
    fs::create_dir_all(folder.join("layouts/_default")).unwrap();
    fs::write(
        folder.join("config.toml"),
        "baseURL = 'https://example.com/'\ntitle = '万卷'\nlanguageCode = 'zh-CN'\nhasCJKLanguage = true\n[taxonomies]\nalbum = 'albums'\n[markup.goldmark.renderer]\nunsafe = true\n",
    )
    .unwrap();
    let page = |main: &str| {
        format!(
            "<!DOCTYPE html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>{{{{ .Title }}}}</title></head><body>{main}</body></html>\n"
        )
    };
    let single = page(
        "<article><h1>{{ .Title }}</h1><time>{{ .Date.Format \"2006-01-02\" }}</time>{{ .Content }}</article>\
         {{ with .PrevInSection }}<a href=\"{{ .RelPermalink }}\">{{ .Title }}</a>{{ end }}{{ with .NextInSection }}<a href=\"{{ .RelPermalink }}\">{{ .Title }}</a>{{ end }}",
    );
    let list = page(
        "<h1>{{ .Title }}</h1><ul>{{ range first 50 .Pages }}<li><a href=\"{{ .RelPermalink }}\">{{ .Title }}</a></li>{{ end }}</ul>",
    );
    fs::write(folder.join("layouts/_default/single.html"), single).unwrap();
    fs::write(folder.join("layouts/_default/list.html"), list).unwrap();
}

fn hugo_page(folder: &Path, number: usize, title: &str, paragraphs: &[String]) {
    let albums = if number.is_multiple_of(7) {
        format!("albums: [\"{}\"]\n", album(number / 7 % 40).title)
    } else {
        String::new()
    };
    let text = format!("---\ntitle: \"{title}\"\ndate: {}\n{albums}---\n\n{}\n", day(number), paragraphs.join("\n\n"));
    fs::write(folder.join(format!("content/posts/{number}.md")), text).unwrap();
}
