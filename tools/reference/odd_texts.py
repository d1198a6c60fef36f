"""Odd texts for tokenizers: what clients send by accident, by design, or from all over the world. No two are alike."""

import unicodedata

SENTENCES = {
    "english": "The quick brown fox jumps over the lazy dog while it's raining in the mountains.",
    "german": "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich; die Straße ist naß.",
    "french": "Dès Noël, où un zéphyr haï me vêt de glaçons würmiens, je dîne d’exquis rôtis de bœuf à l’aÿ.",
    "spanish": "El pingüino Wenceslao hizo kilómetros bajo exhaustiva lluvia y frío. ¿Añoraba a su querido cachorro?",
    "portuguese": "À noite, vovô Kowalsky vê o ímã cair no pé do pinguim queixoso e vovó põe açúcar no chá.",
    "polish": "Pchnąć w tę łódź jeża lub ośm skrzyń fig. Zażółć gęślą jaźń.",
    "czech": "Příliš žluťoučký kůň úpěl ďábelské ódy.",
    "hungarian": "Árvíztűrő tükörfúrógép, Őrült író.",
    "icelandic": "Kæmi ný öxi hér, ykist þjófum nú bæði víl og ádrepa.",
    "turkish": "Pijamalı hasta yağız şoföre çabucak güvendi; IĞDIR, İSTANBUL, ısı.",
    "vietnamese": "Tiếng Việt có nhiều dấu: ằ, ẵ, ộ, ữ, ỷ. Đường phố Hà Nội.",
    "russian": "Съешь же ещё этих мягких французских булок, да выпей чаю. Ёлка.",
    "ukrainian": "Чуєш їх, доцю, га? Кумедна ж ти, прощайся без ґольфів!",
    "greek": "Ταχίστη αλώπηξ βαφής ψημένη γη, ΟΔΥΣΣΕΥΣ δρασκελίζει υπέρ νωθρού κυνός.",
    "armenian": "Բել դղյակի ձախ ժամն օֆ ազգությանը ցպահանջ չճշտած վնաս էր։",
    "georgian": "ვეპხის ტყაოსანი შოთა რუსთაველი ᲥᲐᲠᲗᲣᲚᲘ",
    "hebrew": "דג סקרן שט בים מאוכזב ולפתע מצא חברה; שָׁלוֹם",
    "arabic": "نص حكيم له سر قاطع وذو شأن عظيم، مكتوب على ثوب أخضر ومغلف بجلد أزرق؛ مُحَمَّد ١٢٣",
    "persian": "می‌خواهم کتاب‌های فارسی را بخوانم؛ ۱۲۳۴",
    "urdu": "ٹھنڈ میں، ایک قحط زدہ گاؤں سے گذرتے وقت",
    "hindi": "ऋषियों को सताने वाले दुष्ट राक्षसों के राजा रावण; क्षत्रिय, ज़मीन।",
    "bengali": "আমি বাংলায় গান গাই। ৳ ১২৩",
    "tamil": "யாமறிந்த மொழிகளிலே தமிழ்மொழி போல்",
    "telugu": "తెలుగు భాష చాలా అందమైనది",
    "malayalam": "മലയാളം ഒരു ദ്രാവിഡ ഭാഷയാണ്; അവൻ",
    "sinhala": "ශ්‍රී ලංකාව",
    "thai": "เป็นมนุษย์สุดประเสริฐเลิศคุณค่า กว่าบรรดาฝูงสัตว์เดรัจฉาน น้ำ",
    "lao": "ສະບາຍດີ ປະເທດລາວ",
    "khmer": "ភាសាខ្មែរ ពិបាកណាស់",
    "burmese": "မြန်မာဘာသာစကား",
    "tibetan": "བོད་སྐད་ཡིག།",
    "amharic": "ሰላም ልዑል፡ አማርኛ።",
    "korean": "다람쥐 헌 쳇바퀴에 타고파. 키스의 고유조건은 입술끼리 만나야 하고",
    "japanese": "色は匂へど散りぬるを 我が世誰ぞ常ならむ。カタカナとひらがな、ー々〆",
    "chinese": "视野无限广，窗外有蓝天。敏捷的棕色狐狸跳过了懒狗！",
    "traditional chinese": "視野無限廣，窗外有藍天；「台灣」的臺北。",
    "cantonese": "佢哋喺邊度呀？嘅唔係啦",
    "mongolian": "ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ",
    "cherokee": "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ ꭰꮳꮃꭹ",
    "inuktitut": "ᐃᓄᒃᑎᑐᑦ",
    "yiddish": "ייִדיש איז אַ שפּראַך",
    "hausa": "Ɗan ƙasa ya ɓuya ’Yanci",
    "hawaiian": "ʻŌlelo Hawaiʻi, Lāʻau",
    "esperanto": "Eĥoŝanĝo ĉiuĵaŭde",
    "romanian": "Gheorghe, obezul, a reuşit să obţină jucându-se un flux în Quebec de o mie kilowaţioră: ș ț Ș Ț",
    "chemistry": "2 H₂O₂ → 2 H₂O + O₂↑, ΔG° = −237 kJ·mol⁻¹",
    "music": "♩♪♫♬♭♯ 𝄞 𝄢 𝅘𝅥𝅮",
    "chess": "1. e4 e5 2. ♘f3 ♞c6 ½–½",
}

CODE = [
    "https://example.com/a/b?c=d&e=%20f#g",
    "HTTP://EXAMPLE.COM:8080/~user/index.html;jsessionid=1",
    "mailto:first.last+tag@sub.example.co.uk",
    "ftp://[2001:db8::1]:21/päth/日本",
    "www.ex-ample.com, e.g. see www.example.org.",
    "@handle #hashtag $CASH C++ C# .NET F# node.js",
    "for (let i = 0; i < n; i++) { a[i] += b[i] ** 2; }",
    "def f(x: int, *args, **kw) -> None:\n\treturn lambda _: x // 2  # why?",
    'const s = `a ${b} "c" \'d\' \\n`;',
    "SELECT * FROM t WHERE a<>'b''c' AND d IS NOT NULL;--",
    "if(a&&b||!c)?d:e<<=2>>>3^~f%g",
    "<div class=\"a b\" id='c'>&lt;p&gt; &amp;nbsp; &#x1F98A;</div><br/>",
    "<!-- a comment --><![CDATA[ x < y ]]>",
    "<script>alert('xss')</script>",
    "{\"key\": [1, 2.5e-3, null, true], \"k\\u0065y\": \"v\"}",
    "[link](http://a.b) **bold** _it_ `code` ~~no~~ | a | b |\n|---|---|",
    "\\frac{a}{b} \\sum_{i=1}^{n} x_i^2 $\\alpha\\beta$",
    "C:\\Program Files\\x86\\a.exe /usr/local/lib/libz.so.1",
    "ls -la | grep '^d' > /dev/null 2>&1 &",
    "0x1F 0b1010 0o17 1_000_000 1e10 -1.5E+3 .5 5. NaN ∞",
    "snake_case camelCase PascalCase kebab-case SCREAMING_CASE dot.case",
    "uuid 123e4567-e89b-12d3-a456-426614174000",
    "base64 SGVsbG8sIFdvcmxkIQ== AAECAwQ=",
    "192.168.0.1 fe80::1%eth0 00:1B:44:11:3A:B7",
    "2024-02-29T23:59:60.999+00:00 12/31/99 23:59",
    "+1 (555) 010-9999 ext. 42",
    "€1.234,56 $1,234.56 ¥1万 £5 ₹1,23,456 ₿0.1 ¢",
    "50% off!!! 3 for $10 :-) ;-P ^_^ (╯°□°)╯︵ ┻━┻",
    "¯\\_(ツ)_/¯ ಠ_ಠ (ᵔᴥᵔ)",
    "a.b.c...d. . .e..f",
    "Mr. O'Neil-Smith's re-elected co-operators' 1990s",
    "rock'n'roll y'all'd've ain't",
    "((photo:1.2), [fox], {a|b}) AND <lora:x:0.8> BREAK",
    "masterpiece, best quality, 8k, (red fox:1.3), trending on artstation",
    "null undefined None nil NaN true false",
    "constructor __proto__ toString hasOwnProperty prototype",
]

SPECIAL = [
    "[CLS]", "[SEP]", "[MASK]", "[PAD]", "[UNK]", "a [MASK] b", "a[MASK]b", "[MASK][MASK]", "[mask]", "[ MASK ]", "[CLS] a [SEP] b [SEP]",
    "[unused1]", "##ing", "a ##ing", "[CLS", "MASK]", "[[MASK]]", "([SEP])",
    "<s>", "</s>", "<pad>", "<unk>", "<mask>", "a <mask> b", "a<mask>b", "  <mask>  ", "<mask><mask>", "<S>", "< s >", "<s>a</s>", "<s></s><s>", "x</s>y",
    "<|endoftext|>", "<|startoftext|>", "a <|endoftext|> b", "a<|endoftext|>b", "<|ENDOFTEXT|>", "<|endoftext|><|endoftext|>", "<|end of text|>", "endoftext",
    "<|startoftext|> a fox <|endoftext|>", "<|im_start|>", "▁", "▁a ▁b", "a▁b", "</w>", "a</w> b", "fox</w>", "Ġ", "Ġfox ĊĠ", "Ã©", "<0x0A>", "<0xF0><0x9F>",
]

EMOJI = [
    "🦊", "🦊🦊🦊", "a🦊b", "🦊 fox", "👩‍👩‍👧‍👦 family", "👩🏽‍🚀", "👍🏿👍🏻", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🇩🇪🇯🇵🇺🇸", "1️⃣2️⃣#️⃣", "❤️ ❤ ♥︎", "☺️☻", "🏳️‍🌈", "🧑‍🤝‍🧑", "🤷🏽‍♀️",
    "©®™", "☀☁☂", "⌚⏰", "🀄🃏", "🈁🈂", "🅰🆎", "😀😃😄😁", "🫠🫡", "🪿", "👁️‍🗨️",
]

CASES = [
    "İstanbul", "ISPARTA ıhlamur", "İİİ", "i̇", "straße STRASSE", "ẞ ß ſ", "GROẞ", "ΑΣ ΑΣΑ Σ ς σ", "ΌΣΟΣ", "Ǆ ǅ ǆ", "Ǳ ǲ ǳ", "ﬁ ﬂ ﬀ ﬃ ﬄ ﬅ ﬆ", "ŉ ǰ ΐ", "ᾳ ᾼ ᾈ",
    "ＦＵＬＬ　ＷＩＤＴＨ ｆｕｌｌ", "１２３４５", "ｶﾞｷﾞｸﾞ ﾊﾟ", "ﾡﾢ ￡￠￥", "𐐀𐐁 𐐨𐐩", "Ⴀ ა Ა", "Å Å Å", "K K", "Ω Ω", "µ μ", "ᲀ в", "Ꭰ ꭰ", "Ɐ ɐ", "Ⅷ ⅷ Ⅻ", "ⓐ Ⓐ ⒜", "ʰʷ ᵃᵇ",
    "ABCdefGHI", "aBcDeFg", "THE QUICK BROWN FOX", "The Quick Brown Fox", "iPhone 15 PRO MAX", "McDonald's", "NASA's", "DON'T I'LL WE'VE IT'S YOU'RE HE'D I'M",
    "don't i'll we've it's you're he'd i'm", "don’t i’ll we’ve", "don´t don`t donʼt", "'s 't 're 've 'm 'll 'd", "''s '''t", "it 's", "o'clock'", "ROCK 'N' ROLL",
]

NUMBERS = [
    "0", "00", "007", "42", "3.14159", "1,000,000", "1.000.000,00", "-1", "+-1", "1/2", "½ ⅓ ¾ ⅞", "x² y³ z⁴", "a₁b₂", "①②③ ⑴ ⒈ ❶", "Ⅳ ⅳ Ⅿ", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९",
    "๐๑๒๓", "一二三四五六七八九十", "壹貳參", "〇", "𝟎𝟏𝟐 𝟘𝟙 𝟬𝟭", "１／２", "1st 2nd 3rd 4th", "1e5", "1" * 30, "9" * 101, "1 2 3 4 5 6", "1,2;3:4", "12:34:56", "№ 5", "90°C 45′ 30″",
    "5×5÷5±5", "a1b2c3d4", "h2o co2", "4k 8K 1080p 60fps", "x9!!", "v1.2.3-beta.4+build", "𒐀𒐁", "𐄇𐄈", "Ⅰ Ⅱ Ⅲ",
]

COMBINING = [
    "e\u0301", "é", "e\u0301\u0301", "\u0301", "\u0301a", " \u0301", "a\u0323\u0302", "a\u0302\u0323", "ậ", "q\u0307\u0323", "Z̸̢̛͉̗̀̓ä̷́l̵̇g̴̀o̵̚", "n\u0303 ñ", "A\u030a Å", "o\u0328\u0304",
    "각 각", "ᄒᆞᆫ글", "한글 한글", "ㄱㄴㄷ ㅏㅑ", "ᄀ", "ᅡ", "가\u11a8", "が か\u3099 か\u309b", "ぱ は\u309a", "ヷ", "क्ष क\u094dष", "क\u093c क़", "ਖ਼", "שׁ שּׁ", "אּ", "ﷺ ﷽", "ﻻ لا", "ﭐ ٱ", "أ ا\u0654",
    "ü\u0301", "ǖ", "ṩ ṩ", "\u0345", "x\u20dd", "a\u0488", "\u0f71\u0f72", "i\u0307\u0301", "й и\u0306", "ё е\u0308", "ѐ", "ô ô", "Ệ Ê\u0323", "\U0001d15e \U0001d157\U0001d165",
]

PLANES = [
    "𝕳𝖊𝖑𝖑𝖔 𝓦𝓸𝓻𝓵𝓭", "𝐇𝐞𝐥𝐥𝐨 𝘏𝘦𝘭𝘭𝘰 𝙷𝚎𝚕𝚕𝚘", "🅷🅴🅻🅻🅾", "ℌ𝔢𝔩𝔩𝔬 ℂℍℕℙℚℝℤ", "ʜᴇʟʟᴏ", "ⱧɆⱠⱠØ", "𐌰𐌱𐌲", "𒀀𒁀𒂀", "𓀀𓁐𓂀", "𐎀𐎁", "𑀓𑀔", "𞤀𞤁 𞤢𞤣", "𠀀𠀁", "𪛖", "𪜀", "𫝀", "𫠠", "𬺰", "丽丸", "𰀀", "𱍐",
    "㐀", "䶵", "䶿", "一", "鿿", "龥", "鿕", "豈", "舘", "﫿", "䷀ ䷿", "々 〆 〇 〡", "⺀ ⼀", "㈱ ㍿ ㌔", "㊀ ㋐", "丨丶", "ㄅㄆㄇ", "ꀀꀁ", "ᚠᚢᚦ", "⠓⠑⠇⠇⠕",
    "\ue000\uf8ff", "\U000f0000", "\U0010fffd", "\ufffd", "\ufffc", "\ufdd0", "\U0001ffff", "\u0378", "\u2fe0", "\U000e0041\U000e007f", "\u05ff a", "\ufffe\uffff", "\u2ff0亻",
    "\u4dff\u4e00\u9fff\ua000", "\u33ff\u3400\u4dbf", "\uf8ff\uf900\ufaff\ufb00", "\U0001ffff\U00020000\U0002a6df\U0002a6e0", "\U0002b73f\U0002b740\U0002ceaf\U0002ebe0", "\U0002f800\U0002fa1d\U0002fa20",
]

SPACES = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x20\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
INVISIBLE = "\xad\u034f\u061c\u115f\u1160\u17b4\u180b\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u202e\u2060\u2061\u2063\u2064\u2066\u2069\u206a\u2800\u3164\ufe00\ufe0f\ufeff\uffa0\ufff9\ufffb\U0001d173\U000e0001\U000e0020\U000e0100"
CONTROL = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x10\x11\x14\x18\x1a\x1b\x7f\x80\x81\x8d\x8f\x90\x9d\x9f"
PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~¡¿«»‘’“”„‚‹›–—―…•·‧′″§¶†‡‰※、。「」『』【】〜・！？，．：；（）［］｛｝～￥¦¬¨¯´¸¹ªº×÷⁄−∕∙≠≤≥≈∞√∑∏∂∆◊←↑→↓↔⇒⇔∀∃∈⊂⊃∪∩∧∨■□▲△▼▽◆◇○●★☆♀♂"
LAYOUT = [
    "", " ", "  ", "\n", "\t", "\r\n", " \t\n ", "\u3000", "\xa0", "\u200b", "\ufeff", "\x00", ".", "-", "a", "A", "é", "中", " a", "a ", "  a  ", "\na\n", "a  b", "a   b    c",
    "a\tb\tc", "a\nb\n\nc", "a\r\nb\rc", "line one\n\n\nline two\n", "\tindented\n\t\tmore", "trailing   \t", "a \n b", "first\u2028second\u2029third", "a\xa0b\u2003c\u3000d", " . , ! ", "a.b", "a . b",
    "....", "!!!!!!!!", "?!?!?!", "-----", "=====", "_____", "*****", "~~~~~", "......a......", "((((()))))", "\"\"\"\"", "''''''", "``````", "，，，。。。", "！！！？？", "————", "……",
    "a" * 50, "a" * 99, "a" * 100, "a" * 101, "a" * 150, "fox" * 40, "é" * 100, "é" * 101, "e\u0301" * 51, "ab" * 60, "中" * 60, "の" * 60, "🦊" * 30, "-" * 60, "ＡＢ" * 30, "ﬁ" * 60,
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft", "pneumonoultramicroscopicsilicovolcanoconiosis", "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
    "the " * 30, "The fox. " * 10, "a b c d e f g h i j k l m n o p q r s t u v w x y z", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop asdfghjkl zxcvbnm", "xzqj vbkw", "tHe QuIcK", "loooooooong nooooo",
    "中文English混排123测试", "日本語とEnglishを混ぜる", "한국어English섞기", "русскийenglish中文", "abc中def", "a中b文c", "中 文", "中,文", "【标题】内容：测试（一）", "「こんにちは」、世界！", "ﾊﾝｶｸ ｶﾀｶﾅ", "全角　スペース",
    "left \u202eright to left\u202c left", "abc אבג def", "123 אבג 456", "العربية English العربية", "(שלום)", "A\u200dB\u200cC", "pre\xadfix soft\xadhyphen", "zero\u200bwidth\u200bspace", "\ufeffbom at start", "bom\ufeffinside",
    "naïve café résumé", "nai\u0308ve cafe\u0301 re\u0301sume\u0301", "NAÏVE CAFÉ RÉSUMÉ", "Crème Brûlée", "Ångström ångström", "Đorđe ðorð øre ŁÓDŹ", "œuvre Œuvre æon Æon", "Ĳssel ĳs", "ſtraſse", "ŀl Ŀ", "“smart” ‘quotes’ — dashes – and… dots",
    "ﬁne ﬂow oﬀer oﬃce", "ª º ¹²³", "™ ℠ ℗ № ℡", "㎏ ㎡ ㏄ ㎜²", "℃ ℉ Å", "…⋯⋮", "¼ cup", "1⁄4", "e=mc²", "π≈3.14159", "∫₀^∞ e⁻ˣ dx = 1", "A ⊆ B ∧ C ∉ D", "∀x∈ℝ: ⌈x⌉ = −⌊−x⌋", "→ ⇒ ⟶ ➔ ➜", "█▓▒░ ▁▂▃▄", "╔══╗",
    "a photo of a cat, in the snow", "a <cat-toy> in the snow", "an astronaut riding a horse", "query: how do I reset my password?", "passage: A fox is a small animal.", "Represent this sentence for searching relevant passages: fox",
]


def odd_texts():
    texts = [*LAYOUT, *SENTENCES.values(), *CODE, *SPECIAL, *EMOJI, *CASES, *NUMBERS, *COMBINING, *PLANES]
    texts += [f"red{space}fox" for space in SPACES] + [f"{space}red fox{space}{space}jumps{space}" for space in "\t\n\x0b\x1c\x85\xa0\u2009\u2028\u3000"]
    texts += [f"red{mark}fox" for mark in INVISIBLE] + [f"{mark} fox {mark}{mark}" for mark in "\xad\u200b\u200d\u200e\u2060\ufe0f\ufeff"]
    texts += [f"red{control}fox" for control in CONTROL] + ["\x00\x01\x02", "\x1b[31mred\x1b[0m fox", "a\x08b \x7f c"]
    texts += [f"red{mark}fox {mark}" for mark in PUNCTUATION]
    texts += [unicodedata.normalize("NFD", SENTENCES[name]) for name in ("french", "vietnamese", "korean", "japanese", "hindi", "greek")]
    texts += [SENTENCES[name].upper() for name in ("german", "french", "turkish", "russian", "greek", "armenian", "georgian", "vietnamese")]
    return list(dict.fromkeys(texts))
