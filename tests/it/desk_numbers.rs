//! Numbers that several pages of the desk tell are the same number.

use std::fs;

use regex::Regex;

use super::desk_client::Desk;
use super::support::{Run, fixture};

/// Returns the first number that `pattern` finds.
fn number(text: &str, pattern: &str) -> u64 {
    let found = Regex::new(pattern).unwrap().captures(text);
    found.unwrap_or_else(|| panic!("{pattern} in {text}"))[1].parse().unwrap()
}

/// Returns the numbers of a column of the table at the top: 1 listed, 2 held, 3 missing, 4 given up.
fn column(page: &str, at: usize) -> u64 {
    let table = page.split("<table class=\"numbers\">").nth(1).unwrap().split("</table>").next().unwrap();
    let cell = Regex::new(r#"<td(?: class="bad")?>([\d?]+)</td>"#).unwrap();
    let of = |row: &str| cell.captures_iter(row).nth(at).and_then(|found| found[1].parse::<u64>().ok());
    table.split("<tr>").filter_map(of).sum()
}

/// Returns the number of missing things in the table at the top.
fn missing(page: &str) -> u64 {
    column(page, 3)
}

/// Returns the numbers of the kinds that can be shown alone.
fn chips(page: &str) -> Vec<u64> {
    let chips = Regex::new(r#"kind=[a-z]+[^"]*"[^>]*>[^<]* (\d+)</a>"#).unwrap();
    chips.captures_iter(page).map(|found| found[1].parse().unwrap()).collect()
}

#[test]
fn what_was_given_up_is_not_counted_as_missing() {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&[]);
    let desk = Desk::open(&run);
    let page = desk.page("/gaps");
    assert!(page.contains("4 items are missing</h2>") && missing(&page) == 4 && chips(&page) == [3, 1], "{page}");
    let give_up = |key: &str| desk.does("/gaps/waive", &[("group", key), ("reason", "deleted")]);
    give_up("MzA5MDAwMDAwMQ==_2650000211_1");
    let page = desk.page("/gaps");
    assert!(page.contains("3 items are missing; 1 more was given up</h2>"), "{page}");
    assert_eq!((missing(&page), chips(&page)), (3, vec![2, 1]), "{page}");
    assert!(page.contains("1 given up</a>") && !page.contains("一篇后来删掉的文章"), "{page}");
    for page in [&page, &desk.page("/archive")] {
        assert_eq!((column(page, 4), column(page, 3)), (1, 3), "{page}");
    }
    // Lists for programs bear a sign; what a browser is to open is not given up.
    let gaps = |format: &str| run.program(&["gaps", "archive", "--format", format]).succeeds().stdout;
    let csv = gaps("csv");
    let signs = |sign: &str| csv.lines().skip(1).filter(|line| line.ends_with(sign)).count();
    assert!(csv.contains(",given_up") && signs(",yes") == 1 && signs(",") == 3, "{csv}");
    let table = desk.page("/gaps/gaps.csv");
    assert_eq!((table.lines().count(), table.matches(",yes,").count()), (csv.lines().count(), 1), "{table}");
    assert_eq!(gaps("json").matches("\"given_up\": true").count(), 1);
    assert!(!gaps("urls").contains("2650000211") && gaps("urls").lines().count() == 3, "{}", gaps("urls"));
    let apart = desk.page("/gaps?given-up=");
    assert!(apart.contains("Back to the 3 still missing") && apart.contains("一篇后来删掉的文章"), "{apart}");
    assert_eq!((chips(&apart), apart.matches("<li class=\"card\">").count()), (vec![1], 1), "{apart}");
    assert!(!desk.page("/gaps/gaps.html").contains("一篇后来删掉的文章"));
    // The terminal and the next run say the same.
    let told = run.program(&["gaps", "archive"]).succeeds().stdout;
    assert!(told.starts_with("3 items are missing; 1 more was given up"), "{told}");
    let told = run.backup(&[]).stdout;
    assert!(told.contains("3 items are missing:") && told.contains("1 item was given up"), "{told}");
    // Once nothing is left, the page leads on.
    let keys = ["MzA5MDAwMDAwMQ==_2650000121_1", "MzA5MDAwMDAwMQ==_2650000252_1"];
    keys.into_iter().for_each(give_up);
    let rest =
        desk.page("/gaps").split("name=\"group\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    give_up(&rest);
    let page = desk.page("/gaps");
    assert!(page.contains("Nothing is missing any more; 4 items were given up"), "{page}");
    assert!(page.contains("<a class=\"button main\" href=\"/ready\">") && missing(&page) == 0, "{page}");
    assert!(desk.page("/gaps?given-up=").matches("<li class=\"card\">").count() == 4);
    // The list of what was given up is left with the last of it.
    let back: Vec<String> = [keys[0], keys[1], &rest, "MzA5MDAwMDAwMQ==_2650000211_1"]
        .map(|key| desk.post("/gaps/take-back", &[("group", key)]).header("Location").unwrap().to_owned())
        .into();
    assert_eq!(back, ["/gaps?given-up=#list", "/gaps?given-up=#list", "/gaps?given-up=#list", "/gaps#list"]);
}

#[test]
fn the_missing_avatar_is_in_the_numbers_and_asks_for_a_picture() {
    let pages = fixture("demo").join("pages");
    let page = fs::read(pages.join("2023-03-18 开山第一天.html")).unwrap();
    let run = Run::new().file("开山第一天.html", page);
    run.backup(&[]).succeeds();
    let desk = Desk::open(&run);
    let page = desk.page("/gaps");
    assert!(page.contains("2 items are missing</h2>") && missing(&page) == 2 && chips(&page) == [2], "{page}");
    let card = page.split("<li class=\"card\">").skip(1).find(|card| card.contains("The account’s avatar")).unwrap();
    assert!(card.contains("save it, and choose the picture") && !card.contains("web page"), "{card}");
    // No rule asks for it, so that there is nothing to give up.
    assert!(!card.contains("/gaps/waive"), "{card}");
    // The chosen picture is the avatar from now on; another file cannot be.
    let key = Regex::new(r"/gaps\?pick=([^#]+)#pick").unwrap().captures(card).unwrap()[1].to_owned();
    let key = percent_encoding::percent_decode_str(&key).decode_utf8().unwrap().into_owned();
    let put = |name: &str, bytes: &[u8]| {
        let file = run.folder().join(name);
        fs::write(&file, bytes).unwrap();
        desk.post("/gaps/keep", &[("pick", &key), ("path", file.to_str().unwrap())])
    };
    let refused = put("avatar.txt", b"no picture");
    assert!(refused.status == 400 && refused.text.contains("is no picture"), "{}", refused.text);
    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x08\0\0\0\x08\x08\x02\0\0\0\x4b\x6d\x29\xdc";
    assert_eq!(put("avatar.png", picture).status, 303);
    let page = desk.page("/gaps");
    assert!(page.contains("The avatar is held") && page.contains("1 item is missing</h2>"), "{page}");
    assert!(!page.contains("The account’s avatar"), "{page}");
    let account: serde_json::Value = serde_json::from_str(&run.read("public/data/account.json")).unwrap();
    let path = account["avatar_file"]["path"].as_str().unwrap();
    assert_eq!(fs::read(run.archive().join("public/data").join(path)).unwrap(), picture);
    run.program(&["verify", "archive"]).succeeds();
}

#[test]
fn the_table_of_what_is_missing_is_in_the_language_of_the_desk() {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&[]);
    let table = Desk::open_in(&run, "zh-CN").page("/gaps/gaps.csv");
    let heading = table.lines().next().unwrap();
    assert_eq!(heading, "\u{feff}类别,名称,日期,缺的原因,原链接,已放弃,编号");
    assert!(table.lines().any(|line| line.starts_with("文章,一篇后来删掉的文章,2024-05-21,作者已删除,")), "{table}");
}

#[test]
fn what_is_known_is_held_or_missing_or_given_up() {
    for parts in [&["pages"][..], &["pages", "lists"], &["lists"], &["pages", "lists", "bills"]] {
        let folders: Vec<String> =
            parts.iter().map(|part| fixture("demo").join(part).to_str().unwrap().to_owned()).collect();
        let run = Run::new().env("LIUDI_ZIP_PASSWORD", "liudi-demo");
        let arguments = ["backup", "-o", "archive"].into_iter().chain(folders.iter().map(String::as_str));
        let told = run.program(&arguments.collect::<Vec<_>>()).stdout;
        let desk = Desk::open(&run);
        let page = desk.page("/gaps");
        let [listed, held, missing] = [1, 2, 3].map(|at| column(&page, at));
        assert_eq!(listed, held + missing, "{parts:?} {told}");
        assert_eq!(missing, number(&page, r"(\d+) items? (?:is|are) missing</h2>"), "{parts:?}");
        desk.does("/gaps/waive", &[("group", "MzA5MDAwMDAwMQ==_2650000211_1"), ("reason", "deleted")]);
        let page = desk.page("/archive");
        let [listed, held, missing, given_up] = [1, 2, 3, 4].map(|at| column(&page, at));
        assert_eq!((listed, given_up), (held + missing + given_up, 1), "{parts:?} {told}");
    }
}

#[test]
fn an_archive_that_lacks_nothing_leads_on_to_the_verdict() {
    let name = "1900000000All2026-03-20.csv";
    let run = Run::new().file(name, fs::read(fixture("demo").join("bills").join(name)).unwrap());
    run.backup(&[]);
    let page = Desk::open(&run).page("/gaps");
    assert!(page.contains("Nothing is known to be missing") && page.contains("href=\"/ready\">Next"), "{page}");
}

#[test]
fn the_end_of_a_run_and_the_verdict_count_the_same_open_requirements() {
    let run = Run::new().fixture("demo");
    let told = run.backup(&[]).stdout;
    let at_end = number(&told, r"(\d+) requirements are\s+not met");
    let desk = Desk::open(&run);
    desk.does("/ready/measure", &[]);
    let page = desk.wait_for("/ready", "class=\"verdict bad\"");
    assert_eq!(at_end, number(&page, r"(\d+) requirements, \d+ warnings?"), "{page}");
    let required = page.matches("<span class=\"bad\">required").count() as u64;
    assert_eq!(at_end, required, "the list has as many: {page}");
    // Whoever answers more is concerned by more: in both places.
    run.program(&["account", "-C", "archive", "set", "kinds=公众号、商户号", "entity=personal"]);
    fs::write(run.folder().join("more.txt"), "more").unwrap();
    run.program(&["keep", "-C", "archive", "more.txt", "--as", "document"]).succeeds();
    let told = run.backup(&[]).stdout;
    desk.does("/ready/measure", &[]);
    desk.wait();
    let page = desk.page("/ready");
    let at_end = number(&told, r"(\d+) requirements are\s+not met");
    assert_eq!(at_end, number(&page, r"(\d+) requirements, \d+ warnings?"), "{page}");
}

#[test]
fn the_articles_of_the_archive_are_those_a_closing_destroys_and_those_deleted_before() {
    let run = Run::new().fixture("demo");
    run.backup(&[]);
    let desk = Desk::open(&run);
    let archive = desk.page("/archive");
    let listed = number(&archive, r"(?s)>articles</th>.*?<td>[^<]*</td><td>(\d+)</td>");
    let dates = desk.page("/ready?part=dates");
    let destroyed = number(&dates, r"still on the platform, and their links \((\d+)\)");
    assert_eq!(listed, destroyed + number(&dates, r"not counting (\d+) that"), "{dates}");
    let told = run.program(&["plan", "archive"]).stdout;
    assert!(told.contains(&format!("their links ({destroyed})")) && told.contains("not counting 1"), "{told}");
}

#[test]
fn advice_for_several_differences_is_given_once() {
    let name = "1900000000All2026-03-20.csv";
    let bytes = fs::read(fixture("demo").join("bills").join(name)).unwrap();
    let replaced = |from: &[u8], to: &[u8]| {
        let at = bytes.windows(from.len()).rposition(|window| window == from).unwrap();
        let mut changed = bytes.clone();
        changed[at..at + from.len()].copy_from_slice(to);
        changed
    };
    let run =
        Run::new().file("a.csv", replaced(b"`205.90", b"`206.90")).file("b.csv", replaced(b"`205.90", b"`207.90"));
    run.backup(&[]);
    let desk = Desk::open(&run);
    let page = desk.page("/bills");
    let section = page.split("id=\"problems\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(section.matches("<li class=\"bad\">").count() >= 2, "{section}");
    assert_eq!(section.matches("Download it again").count(), 1, "{section}");
    // By the names that the files had.
    assert!(section.contains("<strong>a.csv</strong>") && !section.contains("billing"), "{section}");
    // What is kept between views is not what was there before.
    let one = run.folder().join("one.csv");
    fs::write(&one, replaced(b"`205.90", b"`208.90")).unwrap();
    run.program(&["backup", "one.csv", "-o", "archive"]);
    assert!(desk.page("/bills").contains("208.90"));
    assert!(desk.page("/bills.json").contains("208.90"));
}

#[test]
fn what_is_to_be_done_first_is_in_the_list_below() {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&[]);
    let desk = Desk::open(&run);
    desk.does("/ready/measure", &[]);
    let page = desk.wait_for("/ready", "class=\"verdict bad\"");
    let anchors = Regex::new("href=\"#(rule-[a-z.-]+)\"").unwrap();
    let named: Vec<&str> = anchors.captures_iter(&page).map(|found| found.get(1).unwrap().as_str()).collect();
    for id in named {
        assert!(page.contains(&format!("id=\"{id}\"")), "{id} in {page}");
    }
}

/// Returns the number of a step of what to do first, and where it leads.
fn step(page: &str, words: &str) -> Option<(u64, String)> {
    let list = page.split("<ol class=\"first\">").nth(1)?.split("</ol>").next()?;
    let found = Regex::new(&format!(r#"<li><span>{words}.*?href="([^"]+)""#)).unwrap();
    let captures = found.captures(list)?;
    Some((captures[1].parse().unwrap(), captures[2].replace("&#x2f;", "/")))
}

#[test]
fn what_is_to_be_found_is_counted_as_the_list_counts_it() {
    // A bill that does not add up is told under 账单, a broken file once, and a picture that is gone from the archive as damage.
    let name = "1900000000All2026-03-20.csv";
    let bytes = fs::read(fixture("demo").join("bills").join(name)).unwrap();
    let at = bytes.windows(7).rposition(|window| window == b"`205.90").unwrap();
    let mut changed = bytes.clone();
    changed[at..at + 7].copy_from_slice(b"`206.90");
    let run = Run::new()
        .fixture("demo/pages")
        .fixture("demo/lists")
        .file(name, changed)
        .file("坏.zip", b"PK\x03\x04broken")
        .file("1900000000All2026-03-21.csv", &bytes[..bytes.len() / 2]);
    run.backup(&[]);
    let media = run.archive().join("public/data/media/sha256");
    let files = walkdir::WalkDir::new(media).sort_by_file_name().into_iter().flatten();
    let picture = files.map(walkdir::DirEntry::into_path).find(|path| path.is_file()).unwrap();
    let bytes = fs::read(&picture).unwrap();
    fs::remove_file(&picture).unwrap();
    run.program(&["account", "-C", "archive", "set", "kinds=公众号、商户号", "entity=personal"]);
    let desk = Desk::open(&run);
    desk.does("/ready/measure", &[]);
    let page = desk.wait_for("/ready", "class=\"verdict bad\"");
    let gaps = desk.page("/gaps");
    let listed = number(&gaps, r"(\d+) items? (?:is|are) missing</h2>");
    let (found, to_found) = step(&page, r"Get the (\d+) things? that (?:is|are) missing").unwrap();
    assert_eq!(to_found, "/gaps?still=found#list");
    let lost = number(&gaps, r"(\d+) can never be fetched again</a>");
    assert_eq!((found, listed), (number(&gaps, r"(\d+) may still be found</a>"), found + lost), "{page}");
    let cards = |still: &str| desk.page(&format!("/gaps?still={still}")).matches("<li class=\"card\">").count();
    assert!(cards("found") > 0 && cards("lost") > 0);
    assert_eq!(cards("found") + cards("lost"), gaps.matches("<li class=\"card\">").count());
    // What the check found is named where the archive and what it lacks are shown, until the file is back.
    let file = picture.strip_prefix(run.archive()).unwrap().display().to_string().replace('\\', "/");
    for page in ["/gaps", "/archive"] {
        let page = desk.page(page);
        let alert = page.split("id=\"damage\"").nth(1).unwrap().split("</div>").next().unwrap().replace("&#x2f;", "/");
        assert!(alert.contains(&file) && alert.contains("second copy") && !alert.contains("bag-info"), "{alert}");
    }
    fs::write(&picture, bytes).unwrap();
    assert!(!desk.page("/gaps").contains("id=\"damage\""));
}
