"""Makes an archive of pages that are hard to express elsewhere, and exports it: emphasis beside every kind of character,
code, tables, lists, titles and texts that other programs would run."""

import html
import itertools
import os
import pathlib
import random
import subprocess

LIUDI = os.environ.get("LIUDI", "target/debug/liudi")
SIDES = ["", "第", "。", "，", "”", "“", "a", "1", "😀", " ", "（", "*", "!"]
INNER = ["加粗", "加粗，", "《李茶》", "“引”", "(括)", "12", "😀", "[x]", "a b", "，开", "a*b", "完。", "_x_", "`c`", "<b>", "5%", "第~", "第*"]
MARKS = [
    ("<strong>", "</strong>"),
    ('<span style="font-weight:bold">', "</span>"),
    ("<strong><em>", "</em></strong>"),
    ("<em>", "</em>"),
    ("<del>", "</del>"),
    ('<a href="https://e.org/x"><strong>', "</strong></a>"),
    ("<strong><del>", "</del></strong>"),
]


def emphasis():
    """Yields paragraphs with every mark, inner text and pair of neighbours."""
    for number, (mark, inner) in enumerate(itertools.product(MARKS, INNER)):
        for at, before in enumerate(SIDES):
            # Each neighbour before meets a different one behind in each row, so that all pairs occur.
            after = SIDES[(at + number) % len(SIDES)]
            yield f"<p>{html.escape(before)}{mark[0]}{html.escape(inner)}{mark[1]}{html.escape(after)}</p>"
    for one, two in itertools.product(MARKS[:5], repeat=2):
        yield f"<p>前{one[0]}甲{one[1]}{two[0]}乙，{two[1]}后</p>"
        yield f"<p>前{one[0]}甲{two[0]}《乙》{two[1]}{one[1]}后</p>"
        yield f"<p>前{one[0]}{two[0]}乙。{two[1]}丙{one[1]}后</p>"
    # Up to three marks on each of several texts in a row.
    chance = random.Random(12)
    for _ in range(800):
        texts = []
        for _ in range(chance.randint(2, 6)):
            text = html.escape(chance.choice(INNER))
            for tag in chance.sample(["strong", "em", "del"], chance.choice([0, 1, 1, 1, 2, 3])):
                text = f"<{tag}>{text}</{tag}>"
            texts.append(text)
        yield f"<p>{chance.choice(['前', '', '。'])}{''.join(texts)}{chance.choice(['后', '', '，'])}</p>"


BLOCKS = [
    "<table><tbody><tr><td><code>a|b</code></td><td>c|d</td></tr><tr><td>一</td><td><code>x||y</code></td></tr></tbody></table>",
    "<table><tbody><tr><td><pre><code>一\n\n二</code></pre></td><td>三</td></tr><tr><td>四</td><td>五</td></tr></tbody></table><p>表后</p>",
    '<table><tbody><tr><td colspan="2">合<span style="font-weight:700">粗</span>并</td></tr><tr><td>一</td><td><strong>二</strong></td></tr></tbody></table>',
    '<table><tbody><tr><td><svg viewBox="0 0 9 9"><text>图中字</text></svg></td><td>二</td></tr><tr><td>三</td><td>四</td></tr></tbody></table>',
    "<p>看 <code>&lt;!--more--&gt;</code> 与 &lt;!--more--&gt; 与 &lt;!-- more --&gt;</p>",
    "<pre><code>a\n&lt;!--more--&gt;\n{{ x }} {% y %} {{&lt; z &gt;}} {{% w %}} {% endraw %} {# c #}</code></pre>",
    "<p>{{ x }} {% y %} {{&lt; z &gt;}} {{% w %}} {% endraw %} {# c #} {:.a} {::b /} <code>{{ v }}</code> <code>{% endraw %}</code></p>",
    "<ol><li>一</li><li>二</li></ol><ol><li>甲</li><li>乙</li></ol><ul><li>a</li></ul><ul><li>b</li></ul>",
    '<ol><li>一</li><li value="7">七</li><li>八</li></ol><ol start="3"><li>三</li></ol>',
    '<ul><li>一<ol start="3"><li>三</li></ol></li><li>二<ul><li>内</li></ul></li></ul>',
    "<p>码<code>a</code><code>b</code>、`<code>c</code>`、<code>`d`</code>、<code> e </code></p>",
    '<p style="white-space:pre-wrap">一行\n二行\n三行</p>',
    "<h2>一<br>二</h2><h3></h3><h3><br></h3><h2>学 #</h2><h2><section>甲</section><section>乙</section></h2>",
    "<p>题</p><p>===</p><p>题<br>---<br>===<br># 非题<br>+ 非<br>1) 非<br>&gt; 非</p>",
    "<pre><code>```\n内\n````</code></pre><pre>a\n  b\n\n\nc</pre>",
    "<figure><figcaption>图说 *一*</figcaption></figure><p>脚注<sup>[1]</sup></p><p>[1] 注：https://e.org/a_b_c</p>",
    "<p>| 不是 | 表 |</p><p>a | b</p><p>:---: 一</p><p>$$x$$ 5$ ==y== ^^z^^ ~~w~~ %%v%%</p>",
    "<p>AT&amp;T &amp;copy; &amp;#64; \\ a\\b ![x](y) [z]: w [^1] *[ab]: cd -- ... ' \" (c) &lt;&lt;</p>",
    "<blockquote><p>引</p><ul><li>一</li></ul><pre><code>码\n\n码</code></pre></blockquote><hr><p>后</p>",
    '<p>汉<ruby>字<rp>(</rp><rt>zì</rt></ruby>、<q>引</q>、H<sub>2</sub>O</p><ul><li><hr></li></ul>',
]

TITLES = ['引"号: \'x\' # {{ y }} {% z %}', "同题", "同题", "😀 <b>粗</b> & ]]>", "- a: [b]", "2024-01-01", "是", "\\ 反斜 `码`"]


def page(title, body, number, dated=True):
    url = f"https://mp.weixin.qq.com/s/Hostile{number:03}_-A"
    time = f'var ct = "{1700000000 + number * 86400}";' if dated else ""
    return (
        f'<html><head><meta property="og:title" content="{html.escape(title)}"><meta property="og:url" content="{url}"></head>'
        f'<body><div id="js_content">{body}</div><script>var biz = "MzA5MDAwMDAwMQ=="; var mid = "26500020{number:02}"; '
        f'var idx = "1"; {time}</script></body></html>'
    )


def archive(folder):
    """Makes the archive of the hostile pages in `folder` and returns its path."""
    paragraphs = list(emphasis())
    parts = [paragraphs[at : at + 400] for at in range(0, len(paragraphs), 400)]
    bodies = [("强调", "".join(part)) for part in parts] + [("块", block) for block in BLOCKS]
    bodies += [(title, f'<p>{number} <a href="https://mp.weixin.qq.com/s/Hostile000_-A">首篇</a></p>') for number, title in enumerate(TITLES)]
    pages = [page(title, body, number) for number, (title, body) in enumerate(bodies)]
    pages += [page("无日期", "<p>无日期</p>", len(bodies) + number, dated=False) for number in range(2)]
    return archive_of(folder, [page.encode() for page in pages])


def archive_of(folder, pages):
    """Makes the archive of these pages in `folder` and returns its path."""
    folder = pathlib.Path(folder)
    (folder / "pages").mkdir(parents=True)
    for number, content in enumerate(pages):
        (folder / "pages" / f"{number:03}.html").write_bytes(content)
    made = folder / "archive"
    done = subprocess.run([LIUDI, "backup", folder / "pages", "-o", made, "--no-mirror"], capture_output=True, text=True)
    assert made.is_dir(), done.stderr
    return made


def export(root, name, folder, *options):
    """Exports the archive at `root` into `folder` and returns the folder."""
    subprocess.run([LIUDI, "export", root, "--to", name, "-o", folder, *options], check=True, capture_output=True)
    return pathlib.Path(folder)
