/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "lineage/pure_internal.h"
#include "lineage/pure_yaml.h"
#include "small_eval.h"
#include "util/attrs.h"

#define ROOM (16UL * 1024 * 1024)

struct row {
    const char *expression, *want;
};

/* What str() of the expression is in CPython 3.11: the table was printed by it. */
static const struct row as_python[] = {
    { "'a-b-c'.split('-')", "['a', 'b', 'c']" },
    { "'a-b-c'.split('-', 1)", "['a', 'b-c']" },
    { "'a-b-c'.rsplit('-', 1)", "['a-b', 'c']" },
    { "' a  b '.split()", "['a', 'b']" },
    { "' a  b c '.split(None, 1)", "['a', 'b c ']" },
    { "'a,b,'.split(',')", "['a', 'b', '']" },
    { "''.split(',')", "['']" },
    { "''.split()", "[]" },
    { "'a\\nb\\r\\nc'.splitlines()", "['a', 'b', 'c']" },
    { "'a\\nb\\r\\nc'.splitlines(True)", "['a\\n', 'b\\r\\n', 'c']" },
    { "'//x/y//'.strip('/')", "x/y" },
    { "'xxabcxx'.lstrip('x')", "abcxx" },
    { "'  pad \\t'.strip()", "pad" },
    { "'abc'.rstrip('cb')", "a" },
    { "'a.b.c'.replace('.', '/')", "a/b/c" },
    { "'a.b.c'.replace('.', '/', 1)", "a/b.c" },
    { "'MiXeD \303\251 \303\211'.lower()", "mixed \303\251 \303\251" },
    { "'stra\303\237e \303\251'.upper()", "STRASSE \303\211" },
    { "\"they're bill's\".title()", "They'Re Bill'S" },
    { "'hELLO wORLD'.capitalize()", "Hello world" },
    { "'aBc'.swapcase()", "AbC" },
    { "'-'.join(['a', 'b', 'c'])", "a-b-c" },
    { "''.join(('x', 'y'))", "xy" },
    { "', '.join({'k': 1, 'l': 2})", "k, l" },
    { "'abc'.startswith('ab')", "True" },
    { "'abc'.startswith(('x', 'a'))", "True" },
    { "'abc.csv'.endswith('.json')", "False" },
    { "'abcabc'.find('c')", "2" },
    { "'abcabc'.rfind('c')", "5" },
    { "'abc'.find('z')", "-1" },
    { "'h\303\251llo'.index('l')", "2" },
    { "'banana'.count('an')", "2" },
    { "'7'.zfill(3)", "007" },
    { "'-7'.zfill(4)", "-007" },
    { "'ab'.ljust(4, '.') + '|'", "ab..|" },
    { "'ab'.rjust(5, '0')", "000ab" },
    { "'ab'.center(5, '*')", "**ab*" },
    { "'abc'.center(6, '*')", "*abc**" },
    { "'s3://b/k'.removeprefix('s3://')", "b/k" },
    { "'x.csv'.removesuffix('.csv')", "x" },
    { "'a/b/c'.partition('/')", "('a', '/', 'b/c')" },
    { "'a/b/c'.rpartition('/')", "('a/b', '/', 'c')" },
    { "'abc'.partition('/')", "('abc', '', '')" },
    { "'abc'.rpartition('/')", "('', '', 'abc')" },
    { "'2019'.isdigit()", "True" },
    { "'a1'.isdigit()", "False" },
    { "'ab'.isalpha()", "True" },
    { "''.isdigit()", "False" },
    { "'abc'.encode('utf-8').decode()", "abc" },
    { "'{}/{}'.format('a', 1)", "a/1" },
    { "'{1}-{0}-{1}'.format('a', 'b')", "b-a-b" },
    { "'{x}_{y:03d}'.format(x='n', y=7)", "n_007" },
    { "'{0[k]}/{0[l]}'.format({'k': 'v', 'l': 2})", "v/2" },
    { "'{a[1]}'.format(a=['p', 'q'])", "q" },
    { "'{{{}}}'.format('x')", "{x}" },
    { "'{:>5}|{:<5}|{:^5}|{:*^7}'.format('a', 'b', 'c', 'd')", "    a|b    |  c  |***d***" },
    { "'{:.2f} {:e} {:g} {:%} {:,}'.format(3.14159, 12345.678, 0.0001, 0.25, 1234567)",
      "3.14 1.234568e+04 0.0001 25.000000% 1,234,567" },
    { "'{:05d} {:+d} {:x} {:#x} {:b} {:o}'.format(42, 42, 255, 255, 5, 8)",
      "00042 +42 ff 0xff 101 10" },
    { "'{:08.3f}'.format(-3.14159)", "-003.142" },
    { "'{!r:>6}'.format('a')", "   'a'" },
    { "'{:{w}.{p}}'.format('abcdef', w=8, p=3) + '|'", "abc     |" },
    { "'{:.3} {:10.4}'.format(3.14159, 100.0)", "3.14      100.0" },
    { "'{:05}'.format('ab')", "ab000" },
    { "'{a}/{b}'.format_map({'a': 1, 'b': 2})", "1/2" },
    { "'{:_}'.format(1234567)", "1_234_567" },
    { "'{:d}'.format(True)", "1" },
    { "'%s/%s' % ('a', 2)", "a/2" },
    { "'%s' % 'x'", "x" },
    { "'%05d|%5d|%-5d|' % (42, 42, 42)", "00042|   42|42   |" },
    { "'%05.2f %e %g' % (3.14159, 1234.5, 0.00001)", "03.14 1.234500e+03 1e-05" },
    { "'%(a)s-%(b)02d' % {'a': 'x', 'b': 3}", "x-03" },
    { "'%x %X %o %#x' % (255, 255, 8, 255)", "ff FF 10 0xff" },
    { "'%r %s' % ('a', None)", "'a' None" },
    { "'%10s|%-10s|%.2s|' % ('abc', 'abc', 'abc')", "       abc|abc       |ab|" },
    { "'100%% of %s' % 'x'", "100% of x" },
    { "'%c%c' % ('a', 'b')", "ab" },
    { "'%d' % 3.99", "3" },
    { "'%+d % d' % (5, 5)", "+5  5" },
    { "'%*d' % (5, 42)", "   42" },
    { "f\"{'x'!r}\"", "'x'" },
    { "f\"{3.14159:.2f}\"", "3.14" },
    { "f\"{7:03d}/{'a':>3}\"", "007/  a" },
    { "f\"{[1, 'a']}\"", "[1, 'a']" },
    { "str(12) + str(1.5) + str(None) + str(True)", "121.5NoneTrue" },
    { "repr('it\\'s')", "\"it's\"" },
    { "str([1, 'a', (2,), {'k': None}])", "[1, 'a', (2,), {'k': None}]" },
    { "chr(233) + chr(97) + chr(8364)", "\303\251a\342\202\254" },
    { "ord('\303\251')", "233" },
    { "int('0042')", "42" },
    { "int(' 12 ')", "12" },
    { "int('ff', 16)", "255" },
    { "int('0x1f', 0)", "31" },
    { "int(3.99)", "3" },
    { "int(-3.99)", "-3" },
    { "float('1e3')", "1000.0" },
    { "bool('')", "False" },
    { "bool([0])", "True" },
    { "len('h\303\251llo')", "5" },
    { "len([1, 2, 3])", "3" },
    { "len({'a': 1})", "1" },
    { "hex(255)", "0xff" },
    { "bin(5)", "0b101" },
    { "abs(-3)", "3" },
    { "round(2.5)", "2" },
    { "round(3.14159, 2)", "3.14" },
    { "round(2.675, 2)", "2.67" },
    { "divmod(-7, 2)", "(-4, 1)" },
    { "pow(2, 10)", "1024" },
    { "min(3, 1, 2)", "1" },
    { "max(['a', 'c', 'b'])", "c" },
    { "sum([1, 2, 3.5])", "6.5" },
    { "any([0, '', 1])", "True" },
    { "all([1, 0])", "False" },
    { "isinstance('a', str)", "True" },
    { "isinstance('a', (list, dict))", "False" },
    { "isinstance(1, float)", "False" },
    { "7//2", "3" },
    { "-7//2", "-4" },
    { "-7 % 3", "2" },
    { "7 % -3", "-2" },
    { "7 / 2", "3.5" },
    { "2 ** 10", "1024" },
    { "2 ** -1", "0.5" },
    { "1 << 4", "16" },
    { "6 & 3", "2" },
    { "6 | 1", "7" },
    { "1.1 + 2.2", "3.3000000000000003" },
    { "10 - 2.5", "7.5" },
    { "3 * 'ab'", "ababab" },
    { "[1] * 3", "[1, 1, 1]" },
    { "[1, 2] + [3]", "[1, 2, 3]" },
    { "(1,) + (2,)", "(1, 2)" },
    { "{'a': 1} | {'b': 2}", "{'a': 1, 'b': 2}" },
    { "'a' < 'b'", "True" },
    { "1 == 1.0", "True" },
    { "'a' == 'b'", "False" },
    { "None is None", "True" },
    { "'x' is not None", "True" },
    { "'a' in 'cat'", "True" },
    { "2 in [1, 2]", "True" },
    { "'k' in {'k': 1}", "True" },
    { "3 not in (1, 2)", "True" },
    { "not ''", "True" },
    { "-(-3)", "3" },
    { "'' or 'default'", "default" },
    { "'x' and 'y'", "y" },
    { "'abcdef'[2]", "c" },
    { "'abcdef'[-1]", "f" },
    { "'abcdef'[1:4]", "bcd" },
    { "'abcdef'[:-2]", "abcd" },
    { "'abcdef'[-3:]", "def" },
    { "'abcdef'[::2]", "ace" },
    { "'abcdef'[::-1]", "fedcba" },
    { "'h\303\251llo'[1:3]", "\303\251l" },
    { "[1, 2, 3, 4][1:]", "[2, 3, 4]" },
    { "[1, 2, 3, 4][::-1]", "[4, 3, 2, 1]" },
    { "[1, 2, 3, 4][-2:]", "[3, 4]" },
    { "[1, 2, 3, 4, 5][4:0:-2]", "[5, 3]" },
    { "(1, 2, 3)[:2]", "(1, 2)" },
    { "[1, 2, 3][10:]", "[]" },
    { "{'a': {'b': 'c'}}['a']['b']", "c" },
    { "list(range(5))", "[0, 1, 2, 3, 4]" },
    { "list(range(2, 10, 3))", "[2, 5, 8]" },
    { "list(range(5, 0, -2))", "[5, 3, 1]" },
    { "list(range(0))", "[]" },
    { "list(enumerate(['a', 'b'], 1))", "[(1, 'a'), (2, 'b')]" },
    { "list(zip([1, 2, 3], 'ab'))", "[(1, 'a'), (2, 'b')]" },
    { "dict(zip(['a', 'b'], [1, 2]))", "{'a': 1, 'b': 2}" },
    { "dict(a=1, b=2)", "{'a': 1, 'b': 2}" },
    { "dict([('x', 1)], y=2)", "{'x': 1, 'y': 2}" },
    { "list({'a': 1, 'b': 2})", "['a', 'b']" },
    { "list({'a': 1}.items())", "[('a', 1)]" },
    { "list({'a': 1}.values())", "[1]" },
    { "sorted(['b', 'a', 'c'])", "['a', 'b', 'c']" },
    { "sorted([3, 1, 2], reverse=True)", "[3, 2, 1]" },
    { "list(reversed([1, 2]))", "[2, 1]" },
    { "tuple([1, 2])", "(1, 2)" },
    { "sorted({'b', 'a', 'b'})", "['a', 'b']" },
    { "[(l := [3, 1]), l.append(2), l.sort(), l.extend([5]), l.insert(0, 9), l][-1]",
      "[9, 1, 2, 3, 5]" },
    { "[(l := [1, 2, 3]), l.pop(), l.remove(1), l.reverse(), l][-1]", "[2]" },
    { "[(l := [1, 2]), l.pop(0), l][1:]", "[1, [2]]" },
    { "[(d := {}), d.update({'a': 1}), d.update(b=2), d.setdefault('c', 3), d.pop('a'), d][-1]",
      "{'b': 2, 'c': 3}" },
    { "{'a': 1}.get('a', 2)", "1" },
    { "{'a': 1}.get('b', 2)", "2" },
    { "{'a': 1}.get('b')", "None" },
    { "dict.fromkeys(['a', 'b'], 0)", "{'a': 0, 'b': 0}" },
    { "['a', 'b'].index('b')", "1" },
    { "[1, 1, 2].count(1)", "2" },
    { "list(itertools.chain([1], [2, 3]))", "[1, 2, 3]" },
    { "list(itertools.product(['a', 'b'], [1, 2]))", "[('a', 1), ('a', 2), ('b', 1), ('b', 2)]" },
    { "os.path.join('a', 'b', 'c.csv')", "a/b/c.csv" },
    { "os.path.join('a/', 'b')", "a/b" },
    { "os.path.join('a', '/b')", "/b" },
    { "os.path.join('', 'b')", "b" },
    { "os.path.join('a', '')", "a/" },
    { "os.path.join('s3://b', 'k')", "s3://b/k" },
    { "os.path.basename('a/b.csv')", "b.csv" },
    { "os.path.basename('a/b/')", "" },
    { "os.path.dirname('a/b.csv')", "a" },
    { "os.path.dirname('b.csv')", "" },
    { "os.path.dirname('/b.csv')", "/" },
    { "os.path.dirname('a//b')", "a" },
    { "os.path.split('a/b/c')", "('a/b', 'c')" },
    { "os.path.splitext('a.b/c.tar.gz')", "('a.b/c.tar', '.gz')" },
    { "os.path.splitext('a.b/c')", "('a.b/c', '')" },
    { "os.path.splitext('.bashrc')", "('.bashrc', '')" },
    { "os.path.normpath('a/./b/../c//d/')", "a/c/d" },
    { "os.path.normpath('../a/..')", ".." },
    { "os.path.normpath('/../a')", "/a" },
    { "os.path.relpath('a/b/c', 'a')", "b/c" },
    { "os.path.isabs('/a')", "True" },
    { "os.sep.join(['a', 'b'])", "a/b" },
    { "pathlib.Path('a') / 'b' / 'c.csv'", "a/b/c.csv" },
    { "pathlib.Path('a', 'b')", "a/b" },
    { "pathlib.Path('./a//b/')", "a/b" },
    { "pathlib.Path()", "." },
    { "pathlib.Path('a/b.tar.gz').name", "b.tar.gz" },
    { "pathlib.Path('a/b.tar.gz').stem", "b.tar" },
    { "pathlib.Path('a/b.tar.gz').suffix", ".gz" },
    { "pathlib.Path('a/b.tar.gz').suffixes", "['.tar', '.gz']" },
    { "pathlib.Path('a/b/c').parent", "a/b" },
    { "pathlib.Path('a/b/c').parents[1]", "a" },
    { "pathlib.Path('/a').parent", "/" },
    { "pathlib.Path('a').parent", "." },
    { "pathlib.Path('/a/b').parts", "('/', 'a', 'b')" },
    { "pathlib.Path('a/b.csv').with_suffix('.json')", "a/b.json" },
    { "pathlib.Path('a/b.csv').with_name('c.txt')", "a/c.txt" },
    { "pathlib.Path('a/b.csv').with_stem('z')", "a/z.csv" },
    { "pathlib.Path('a').joinpath('b', 'c')", "a/b/c" },
    { "'x' / pathlib.Path('y')", "x/y" },
    { "pathlib.Path('a') / '/b'", "/b" },
    { "pathlib.Path('a/b').relative_to('a')", "b" },
    { "pathlib.Path('a/b').as_posix() + '/c'", "a/b/c" },
    { "str(pathlib.Path('a/b'))", "a/b" },
    { "math.floor(-2.5)", "-3" },
    { "math.ceil(2.1)", "3" },
    { "urllib.parse.urlparse('s3://b/k/x.csv?v=1#f').netloc", "b" },
    { "urllib.parse.urlparse('s3://b/k/x.csv?v=1#f').path.lstrip('/')", "k/x.csv" },
    { "urllib.parse.urlparse('S3://b/k')[0]", "s3" },
    { "urllib.parse.urlparse('/a/b').path", "/a/b" },
    { "urllib.parse.urlparse('https://u:p@H.com:80/x').hostname", "h.com" },
    { "urllib.parse.urlsplit('http://h/p?q#f').query", "q" },
    { "urllib.parse.urlparse('s3://b/k?x=1').geturl()", "s3://b/k?x=1" },
    { "urllib.parse.urlunsplit(('https', 'h', 'p', 'q=1', ''))", "https://h/p?q=1" },
    { "urllib.parse.urljoin('https://h/a/b', 'c.csv')", "https://h/a/c.csv" },
    { "urllib.parse.urljoin('https://h/a/', '../c.csv')", "https://h/c.csv" },
    { "urllib.parse.urljoin('https://h', 'c.csv')", "https://h/c.csv" },
    { "urllib.parse.urljoin('https://h/a/b', '/c')", "https://h/c" },
    { "urllib.parse.urljoin('https://h/a/b', '//g/c')", "https://g/c" },
    { "urllib.parse.urljoin('https://h/a', 'http://x/y')", "http://x/y" },
    { "urllib.parse.urljoin('s3://b/a/', 'c')", "c" },
    { "urllib.parse.urljoin('a/b/c', './d')", "a/b/d" },
    { "urllib.parse.urljoin('https://h/a/b/c/d', '../../x')", "https://h/a/x" },
    { "urllib.parse.urljoin('https://h/a', '../../x')", "https://h/x" },
    { "urllib.parse.quote('a b/\303\274?')", "a%20b/%C3%BC%3F" },
    { "urllib.parse.quote('a/b', safe='')", "a%2Fb" },
    { "urllib.parse.quote_plus('a b&c')", "a+b%26c" },
    { "urllib.parse.unquote('a%20b%2Fc%zz')", "a b/c%zz" },
    { "urllib.parse.unquote_plus('a+b')", "a b" },
    { "urllib.parse.urlencode({'a': 1, 'b': 'x y'})", "a=1&b=x+y" },
    { "re.match('s3://([^/]+)/(.+)', 's3://b/k/x.csv').groups()", "('b', 'k/x.csv')" },
    { "re.match(r's3://(.+?)/(.*)$', 's3://b/k/x.csv').group(2)", "k/x.csv" },
    { "re.match('abc', 'xabc')", "None" },
    { "re.search('(?P<y>[0-9]{4})-(?P<m>\\\\d\\\\d?)', 'f_2019-07.csv').group('y')", "2019" },
    { "re.search('(?P<y>[0-9]{4})-(?P<m>\\\\d\\\\d?)', 'f_2019-07.csv').groupdict()",
      "{'y': '2019', 'm': '07'}" },
    { "re.fullmatch('[a-z]+', 'abc1')", "None" },
    { "re.fullmatch('[a-z]+|abc1', 'abc1').group()", "abc1" },
    { "re.sub('[^A-Za-z0-9]+', '_', 'a b--c.csv')", "a_b_c_csv" },
    { "re.sub(r'(\\w+)-(\\w+)', r'\\2/\\1', 'a-b c-d')", "b/a d/c" },
    { "re.sub(r'\\.csv$', '.json', 'a.csv.csv')", "a.csv.json" },
    { "re.sub('x*', '-', 'abxd')", "-a-b--d-" },
    { "re.sub('a', 'b', 'aaa', 2)", "bba" },
    { "re.sub(r'\\s+', '', ' a b\\tc ')", "abc" },
    { "re.sub('(?i)ABC', 'x', 'abcABC')", "xx" },
    { "re.split('[,;] *', 'a, b;c')", "['a', 'b', 'c']" },
    { "re.split('(-)', 'a-b')", "['a', '-', 'b']" },
    { "re.findall('[0-9]+', 'a1b22')", "['1', '22']" },
    { "re.findall('(a)(b)?', 'aab')", "[('a', ''), ('a', 'b')]" },
    { "re.escape('a.b/c-d')", "a\\.b/c\\-d" },
    { "re.compile('([a-z]+)/(.*)').match('ab/c').group(1)", "ab" },
    { "re.compile(r'\\d+').sub('#', 'a1b22')", "a#b#" },
    { "re.search('a{2,3}', 'caaaat').group()", "aaa" },
    { "re.search('(a|ab)(c|bcd)(d*)', 'abcd').groups()", "('a', 'bcd', '')" },
    { "re.match('(?:x|y)+z', 'xyxz').group(0)", "xyxz" },
    { "re.search(r'\\bfoo\\b', 'a foo b').group()", "foo" },
    { "re.match('.*\303\251', 'caf\303\251x').group()", "caf\303\251" },
    { "re.match('[^,]*', 'n\303\251,x').group()", "n\303\251" },
    { "re.sub('^', '> ', 'a')", "> a" },
    { "re.search(r'([^/]+)\\.(csv|json)(\\.gz)?', 'd/x.csv').groups()", "('x', 'csv', None)" },
    { "re.match('[]a]+', ']a').group()", "]a" },
    { "re.match('a*?b', 'aab').group()", "aab" },
    { "datetime.date(2019, 1, 2)", "2019-01-02" },
    { "datetime.datetime(2019, 1, 2, 3, 4)", "2019-01-02 03:04:00" },
    { "datetime.date(2019, 1, 2).strftime('%Y/%m/%d %j %y %B %b %a %A %%')",
      "2019/01/02 002 19 January Jan Wed Wednesday %" },
    { "datetime.datetime(2019, 12, 31, 13, 5, 9).strftime('%H-%M-%S %I %p %U %W %u %w')",
      "13-05-09 01 PM 52 52 2 2" },
    { "f'{datetime.date(2019, 1, 2):%Y%m%d}'", "20190102" },
    { "datetime.date(2019, 1, 2).isoformat()", "2019-01-02" },
    { "datetime.datetime(2019, 1, 2, 3).isoformat()", "2019-01-02T03:00:00" },
    { "datetime.date(2019, 2, 27) + datetime.timedelta(days=3)", "2019-03-02" },
    { "datetime.date(2020, 3, 1) - datetime.timedelta(1)", "2020-02-29" },
    { "datetime.datetime(2019, 1, 1) - datetime.timedelta(hours=1)", "2018-12-31 23:00:00" },
    { "(datetime.date(2019, 3, 1) - datetime.date(2019, 1, 1)).days", "59" },
    { "datetime.datetime.strptime('20190102', '%Y%m%d').strftime('%d.%m.%Y')", "02.01.2019" },
    { "datetime.datetime.strptime('Jan 5 2019', '%b %d %Y').date()", "2019-01-05" },
    { "datetime.date(2019, 5, 6).replace(day=1)", "2019-05-01" },
    { "datetime.date(2019, 5, 6).year + 1", "2020" },
    { "datetime.date(2019, 5, 6).weekday()", "0" },
    { "str(datetime.date(2019, 5, 6))[:7]", "2019-05" },
    { "datetime.date(2019, 5, 6) < datetime.date(2019, 5, 7)", "True" },
    { "'{:%Y-%m}'.format(datetime.date(2019, 5, 6))", "2019-05" },
    { "datetime.datetime.fromisoformat('2019-01-02 03:04:05.5')", "2019-01-02 03:04:05.500000" },
    { "datetime.date.fromisoformat('2019-01-02')", "2019-01-02" },
    { "'%s' % datetime.date(2019, 1, 2)", "2019-01-02" },
    { "datetime.date(1, 1, 1)", "0001-01-01" },
    { "datetime.date(9999, 12, 31) - datetime.date(1, 1, 1) == datetime.timedelta(days=3652058)",
      "True" },
    { "datetime.date(2000, 2, 29) + datetime.timedelta(weeks=52)", "2001-02-27" },
    { "json.loads('{\"a\": [\"x\", 1, null, true], \"b\": {\"c\": -1.5}}')",
      "{'a': ['x', 1, None, True], 'b': {'c': -1.5}}" },
    { "json.loads('[]')", "[]" },
    { "ast.literal_eval(\"{'a': (1, 'b')}\")", "{'a': (1, 'b')}" },
    { "json.dumps({'a': [1, 'x\"y', None, True], 'b': {'c': 1.5}})",
      "{\"a\": [1, \"x\\\"y\", null, true], \"b\": {\"c\": 1.5}}" },
    { "textwrap.dedent('  a\\n    b\\n\\n  c')", "a\n  b\n\nc" },
    { "string.Template('$a/${b}/$$c').substitute(a=1, b='x')", "1/x/$c" },
    { "string.Template('$a/$b').safe_substitute(a=1)", "1/$b" },
    { "string.Template('$a/$b').substitute({'a': 1, 'b': 2})", "1/2" },
    { "list(itertools.islice([1, 2, 3], 2))", "[1, 2]" },
    { "list(itertools.islice([1, 2, 3, 4], 1, 4, 2))", "[2, 4]" },
    { "calendar.monthrange(2024, 2)", "(3, 29)" },
    { "calendar.monthrange(1969, 12)", "(0, 31)" },
    { "str.upper('a')", "A" },
    { "str.replace('a-b', '-', '/')", "a/b" },
    { "123456789.123 % 0.1", "0.022999989093655665" },
    { "-7.5 % 2", "0.5" },
    { "'%c' % 233", "\303\251" },
    { "pathlib.Path('.').name", "" },
    { "re.sub('a*', '-', 'baac')", "-b--c-" },
    { "re.findall('a*', 'baac')", "['', 'aa', '', '']" },
    { "re.sub('', '-', '\303\2511')", "-\303\251-1-" },
    { "re.match('\\\\w+', '\303\251a-b').group()", "\303\251a" },
    { "re.match('\\\\W', '\303\251')", "None" },
    { "re.sub('[^\\\\w]+', '_', '\303\251 a')", "\303\251_a" },
    { "re.search('\\\\ba', '\303\251a a').group()", "a" },
};

static size_t n_wrong_rows(enum call_lang lang, const struct row *rows, size_t n)
{
    size_t n_wrong = 0;
    for (size_t i = 0; i < n; i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct values vs;
        values_init(&vs, &a, ROOM);
        struct value *v = small_eval(&vs, lang, str_from(rows[i].expression));
        struct str got = v == NULL ? STR("(does not parse)") : small_eval_shown(&vs, v);
        if (str_eq(got, str_from(rows[i].want)))
            continue;
        print_error("%s\n  got  %.*s\n  want %s\n", rows[i].expression, STR_FMT(got), rows[i].want);
        n_wrong++;
    }
    return n_wrong;
}

/* What stays known of expressions with unknown parts, and how alternatives are multiplied. */
static const struct row with_holes[] = {
    { "f's3://{H}/raw/{H}.csv'", "s3://{}/raw/{}.csv" },
    { "'s3://' + H + '/x'", "s3://{}/x" },
    { "H + H", "{}" },
    { "'{}/{}'.format(H, 'x')", "{}/x" },
    { "'{:>10}/{:05d}'.format(H, H)", "{}/{}" },
    { "'%s/%05d' % (H, H)", "{}/{}" },
    { "'%(a)s' % H", "{}" },
    { "'{a}/{b}'.format(a=1)", "1/{}" },
    { "f'{H}/a.csv'.upper()", "{}/A.CSV" },
    { "f'/{H}/'.strip('/')", "{}" },
    { "f's3://{H}/k'.split('/')[2]", "{}" },
    { "f's3://{H}/k'.split('/')[-1]", "k" },
    { "f'a{H}b'.replace('a', 'x')", "x{}b" },
    { "'a-b'.replace('a', H)", "{}-b" },
    { "'a-b'.replace(H, 'x')", "{}" },
    { "f's3://{H}/k'.replace('s3://', '')", "{}/k" },
    { "f's3://{H}/k'[5:]", "{}/k" },
    { "f'{H}.csv'[:-4]", "{}" },
    { "f'{H}.csv'[:-6]", "{}" },
    { "f'ab{H}'[:1]", "a" },
    { "f'ab{H}cd'[-1]", "d" },
    { "f'ab{H}cd'[3]", "{}" },
    { "f'ab{H}cd'[::-1]", "{}" },
    { "'/'.join(['a', H, 'b'])", "a/{}/b" },
    { "'/'.join(H)", "{}" },
    { "H.join", "{}" },
    { "f's3://{H}'.startswith('s3://')", "True" },
    { "f's3://{H}'.startswith('s3://a')", "{}" },
    { "f's3://{H}'.startswith('gs')", "False" },
    { "f'{H}.csv'.endswith('.csv')", "True" },
    { "f'{H}' == 'a'", "{}" },
    { "f'x{H}' == 'a'", "False" },
    { "'c' in f'abc{H}'", "True" },
    { "os.path.join(H, 'x')", "{}/x" },
    { "os.path.join('x', H)", "x/{}" },
    { "os.path.join(*H)", "{}" },
    { "os.path.join('x', *H)", "x/{}" },
    { "os.path.basename(f'{H}/x.csv')", "x.csv" },
    { "os.path.dirname(H)", "{}" },
    { "os.path.splitext(f'{H}')[0] + '.csv'", "{}.csv" },
    { "os.path.splitext(f'{H}.csv')[1]", ".csv" },
    { "os.path.splitext(H)[1]", "{}" },
    { "os.path.abspath(H)", "{}" },
    { "os.path.abspath('../data')", "../data" },
    { "os.path.join(os.getcwd(), 'data')", "./data" },
    { "os.path.dirname(os.getcwd())", ".." },
    { "os.path.expanduser('~/x')", "~/x" },
    { "pathlib.Path.home() / 'x'", "~/x" },
    { "pathlib.Path.cwd() / 'x'", "x" },
    { "pathlib.Path.cwd().parent / 'x'", "../x" },
    { "pathlib.Path.cwd().parent.parent / 'x'", "../../x" },
    { "H / 'x' / 'y.csv'", "{}/x/y.csv" },
    { "pathlib.Path(H) / 'x'", "{}/x" },
    { "pathlib.Path(H).parent", "{}" },
    { "(pathlib.Path(H) / 'a.csv').with_suffix('.json')", "{}/a.json" },
    { "pathlib.Path(f's3://{H}/k').parent", "s3://{}" },
    { "cloudpathlib.S3Path('s3://b/k/x').key", "k/x" },
    { "cloudpathlib.S3Path('s3://b/k/x').bucket", "b" },
    { "s3path.S3Path('/b/k') / 'x'", "s3://b/k/x" },
    { "sagemaker.s3.s3_path_join('s3://b/', '/p/', 'x')", "s3://b/p/x" },
    { "os.environ['A']", "{}" },
    { "os.environ.get('A', 'x')", "x" },
    { "os.getenv('A')", "{}" },
    { "[os.environ.update({'A': 'v'}), os.environ.get('A', 'x'), os.getenv('A')][1:]",
      "['v', 'v']" },
    { "os.path.expandvars('$A/${B}/x')", "{}/{}/x" },
    { "tempfile.mkdtemp() + '/x'", "{}/x" },
    { "datetime.datetime.now().strftime('%Y') + '/x'", "{}/x" },
    { "f'{datetime.date.today():%Y-%m-%d}/x'", "{}/x" },
    { "int(H) + 1", "{}" },
    { "len(H)", "{}" },
    { "str(H) + 'a'", "{}a" },
    { "[1, H, 3][2]", "3" },
    { "['a', 'b'][H]", "a|b" },
    { "{'x': 'a', 'y': 'b'}[H]", "a|b" },
    { "{'x': 'a'}.get(H, 'b')", "a|b" },
    { "[(d := {}), d.update({H: 'v'}), d['k']][-1]", "v" },
    { "H or 'x'", "{}|x" },
    { "f'a{U}/{U}'", "adev/dev|aprod/prod" },
    { "'%s-%s' % (U, U)", "dev-dev|prod-prod" },
    { "'{}-{}'.format(U, U)", "dev-dev|prod-prod" },
    { "os.path.join(U, 'x', U)", "dev/x/dev|prod/x/prod" },
    { "{'dev': 'a', 'prod': 'b'}[U]", "a|b" },
    { "'/'.join([U, 'x'])", "dev/x|prod/x" },
    { "U.upper()[:2]", "DE|PR" },
    { "pathlib.Path(U).name", "dev|prod" },
    { "U == 'dev'", "True|False" },
    { "os.path.join('data', L)", "data/{}" },
    { "os.path.join('out', L)", "out/{}" },
    { "'data/' + L", "data/{}" },
    { "os.path.join('data', L.replace('.csv', '.json'))", "data/{}" },
    { "os.path.join('out', os.path.splitext(L)[0] + '.json')", "out/{}.json" },
    { "f'data/{L}'", "data/{}" },
    { "os.path.basename(L)", "{}" },
    { "list(range(3000))[5]", "5" },
    { "list(zip(['a', 'b'], H))[1][0]", "b" },
    { "dict(a=U)['a']", "dev|prod" },
    { "[] + H", "[{}]" },
    { "isinstance(H, str)", "{}" },
    { "['a', H] == ['a', 'b']", "{}" },
    { "urllib.parse.urlparse(f's3://{H}/k/x').netloc", "{}" },
    { "urllib.parse.urlparse(f's3://{H}/k/x').path", "/k/x" },
    { "urllib.parse.urlparse(H).netloc + '|' + urllib.parse.urlparse(H).path.lstrip('/')",
      "{}|{}" },
    { "urllib.parse.urljoin(H, 'x.csv')", "{}/x.csv" },
    { "urllib.parse.urljoin(f'https://{H}/a/', 'x.csv')", "https://{}/a/x.csv" },
    { "urllib.parse.quote(f'a b/{H}')", "a%20b/{}" },
    { "urllib.parse.urljoin(f'https://h/a/{H}/', '../x.csv')", "https://h/a/x.csv" },
    { "re.match('s3://([^/]+)/(.+)', f's3://{H}/k').groups()", "('{}', 'k')" },
    { "re.match('([a-z]+)/x', f'{H}/x')[1]", "{}" },
    { "re.match('[0-9]+', f'{H}/x')", "{}" },
    { "re.sub('[0-9]+', 'N', f'a1{H}2')", "aN{}N" },
    { "re.sub(H, 'N', 'abc')", "{}" },
    { "re.sub('(?<=a)b', 'N', 'abc')", "{}" },
    { "re.match('(a*)*b', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac')", "{}" },
    { "re.sub('b', lambda m: 'x', 'abc')", "{}" },
    { "datetime.date(H, 1, 2).strftime('%Y')", "{}" },
    { "f'{datetime.date(H, 1, 1):%Y}/x'", "{}/x" },
    { "datetime.date(2019, 1, 2) + H", "{}" },
    { "datetime.date(2019, 13, 2)", "{}" },
    { "datetime.date(9999, 12, 31) + datetime.timedelta(1)", "{}" },
    { "(datetime.date(2019, 1, 31) + dateutil.relativedelta.relativedelta(months=1))",
      "2019-02-28" },
    { "pandas.to_datetime('20190102').strftime('%Y')", "2019" },
    { "pandas.Timestamp('2019-01-02')", "2019-01-02 00:00:00" },
    { "pandas.date_range('2019-01-30', '2019-02-01')[2].strftime('%m%d')", "0201" },
    { "len(pandas.date_range('2019-01-01', periods=5, freq='MS'))", "5" },
    { "pandas.date_range('2019-01-15', periods=2, freq='M')[1]", "2019-02-28 00:00:00" },
    { "json.loads(H)", "{}" },
    { "json.loads('[1, x]')", "{}" },
    { "json.dumps({'a': H})", "{\"a\": {}}" },
    { "string.Template('$a/$b').substitute(a=1)", "1/{}" },
    { "list(boto3.x())[0]", "{}" },
    { "list(enumerate(boto3.x()))[9][1]", "{}" },
    { "types.SimpleNamespace(a='x', b=1).a", "x" },
    { "easydict.EasyDict({'a': {'b': 'x'}}).a.b", "x" },
    { "[dbutils.widgets.text('p', 'v'), dbutils.widgets.get('p')][1]", "v" },
    { "dbutils.widgets.get('p')", "{}" },
    { "decouple.config('A', default='x')", "x" },
    { "decouple.config('A')", "{}" },
    { "random.choice(['a', 'b'])", "a|b" },
    { "max(['a', 'b'], key=len)", "a|b" },
    { "max(H, key=len)", "{}" },
    { "jinja2.Template('s3://{{ b }}/{{c.d}}/{{ e | f }}{# x #}').render(b='x', c={'d': 1})",
      "s3://x/1/{}" },
    { "jinja2.Template('a{% if x %}b').render({'x': 1})", "a{}b" },
    { "[(p := argparse.ArgumentParser()), p.add_argument('-o', '--out-dir', default='s3://o'), "
      "p.add_argument('--n'), p.parse_args([]).out_dir][-1]",
      "s3://o" },
    { "[(p := argparse.ArgumentParser()), p.add_argument('--in'), "
      "p.parse_args(['--in', 'a', '--x=b']).x][-1]",
      "b" },
    { "[(p := argparse.ArgumentParser()), p.add_argument('--a', default='d'), "
      "p.parse_known_args()[0].a][-1]",
      "d" },
    { "argparse.ArgumentParser().parse_args().bucket", "{}" },
    { "vars(argparse.Namespace(a='x'))['a']", "x" },
    { "[(C := collections.namedtuple('C', 'a b, c')), C('x', c='y').c, C('x')[0]][1:]",
      "['y', 'x']" },
    { "collections.namedtuple('C', ['a', 'b'])('x', 'y').b", "y" },
    { "collections.namedtuple('C', H)('x', 'y')", "{}" },
};

static void unknown_parts_stay_holes_and_alternatives_are_multiplied(void **state)
{
    (void)state;
    assert_int_equal(n_wrong_rows(CALL_PYTHON, with_holes, ARRAY_LEN(with_holes)), 0);
}

static void expressions_of_constants_are_what_python_makes_of_them(void **state)
{
    (void)state;
    assert_int_equal(n_wrong_rows(CALL_PYTHON, as_python, ARRAY_LEN(as_python)), 0);
}

/* R's functions in Python's syntax; what they give is taken from R's manual pages. */
static const struct row in_r[] = {
    { "paste0('a', 1, 'b')", "a1b" },
    { "paste('a', 'b')", "a b" },
    { "paste('a', 'b', sep='/')", "a/b" },
    { "paste0('x', c(1, 2), '.csv')", "['x1.csv', 'x2.csv']" },
    { "paste(c('a', 'b'), collapse='-')", "a-b" },
    { "paste0('a', None, 'b')", "ab" },
    { "paste0('s3://', H, '/x')", "s3://{}/x" },
    { "file.path('a', 'b', 'c.csv')", "a/b/c.csv" },
    { "file.path('a', c('x', 'y'))", "['a/x', 'a/y']" },
    { "file.path('a', 'b', fsep='|')", "a|b" },
    { "sprintf('%s/%03d.csv', 'a', 7)", "a/007.csv" },
    { "sprintf('f%d', c(1, 2))", "['f1', 'f2']" },
    { "sprintf('%s_%s', U, U)", "dev_dev|prod_prod" },
    { "toupper('aBc')", "ABC" },
    { "tolower(c('A', 'B'))", "['a', 'b']" },
    { "basename('a/b.csv')", "b.csv" },
    { "basename('a/b/')", "b" },
    { "dirname('a/b.csv')", "a" },
    { "dirname('b.csv')", "." },
    { "tools.file_path_sans_ext('a/b.csv')", "a/b" },
    { "tools.file_ext('a/b.csv')", "csv" },
    { "gsub('\\.csv$', '.json', 'a.csv')", "a.json" },
    { "gsub('.', '-', 'a.b.c', fixed=True)", "a-b-c" },
    { "gsub('([a-z])([0-9])', r'\\2\\1', 'a1b2')", "1a2b" },
    { "sub('a', 'x', 'aaa')", "xaa" },
    { "sub('[[:space:]]+$', '', 'a  ')", "a" },
    { "gsub('a', 'b', c('a', 'ca'))", "['b', 'cb']" },
    { "substr('abcdef', 2, 4)", "bcd" },
    { "strsplit('a/b/c', '/')[0][1]", "b" },
    { "unlist(strsplit('a,b', ','))", "['a', 'b']" },
    { "nchar('abc')", "3" },
    { "trimws('  a ')", "a" },
    { "c('a', c('b', 'c'), None)", "['a', 'b', 'c']" },
    { "c(a='x', b='y').b", "y" },
    { "list(a='x', b=c('y', 'z')).b", "['y', 'z']" },
    { "list(a='x')['a']", "x" },
    { "names(c(a='x', b='y'))", "['a', 'b']" },
    { "setNames(c('x', 'y'), c('p', 'q')).q", "y" },
    { "seq(2, 8, by=3)", "[2, 5, 8]" },
    { "seq(3)", "[1, 2, 3]" },
    { "seq(3, 1)", "[3, 2, 1]" },
    { "seq_len(2)", "[1, 2]" },
    { "seq_along(c('a', 'b'))", "[1, 2]" },
    { "rep('a', 2)", "['a', 'a']" },
    { "rep(c('a', 'b'), each=2)", "['a', 'a', 'b', 'b']" },
    { "rev(c(1, 2))", "[2, 1]" },
    { "unique(c('a', 'b', 'a'))", "['a', 'b']" },
    { "head(c(1, 2, 3), 2)", "[1, 2]" },
    { "tail(c(1, 2, 3), 1)", "[3]" },
    { "append(c('a'), 'b')", "['a', 'b']" },
    { "length(c('a', 'b'))", "2" },
    { "Sys.getenv('A')", "{}" },
    { "Sys.getenv('A', 'x')", "x" },
    { "Sys.getenv('A', unset='x')", "x" },
    { "[Sys.setenv(A='v'), Sys.getenv('A', 'x')][1]", "v" },
    { "file.path(getwd(), 'data')", "./data" },
    { "here.here('data', 'x.csv')", "data/x.csv" },
    { "normalizePath('../a')", "../a" },
    { "ifelse(True, 'a', 'b')", "a" },
    { "ifelse(H, 'a', 'b')", "a|b" },
    { "str_replace_all('a-b-c', '-', '_')", "a_b_c" },
    { "str_c('a', 'b', sep='.')", "a.b" },
    { "in_schema('s', 't')", "s.t" },
    { "dbplyr.in_schema('s', 't')", "s.t" },
    { "Id(schema='s', table='t')", "s.t" },
    { "stringr.str_remove(c('a.csv', 'b.csv'), '\\.csv$')", "['a', 'b']" },
    { "str_remove_all(string='a-b-c', pattern='-')", "abc" },
    { "glue_collapse(c('a', 'b'), sep=', ')", "a, b" },
    { "str_flatten(c('a', 'b'), '-')", "a-b" },
    { "glue.glue('s3://', c('a', 'b'))", "['s3://a', 's3://b']" },
    { "path('a', 'b', ext='csv')", "a/b.csv" },
    { "fs.path_ext_remove('a/b.csv')", "a/b" },
    { "path_ext(c('a.csv', 'b.rds'))", "['csv', 'rds']" },
    { "str_to_title('ab cd')", "Ab Cd" },
    { "str_squish(' a ')", "a" },
    { "dplyr.if_else(H, 'a', 'b')", "a|b" },
    { "rlang.set_names(c('x'), c('p')).p", "x" },
    { "vector('list', 3)", "[]" },
    { "as_factor('a')", "{}" },
    { "factor('a')", "a" },
    { "getOption('x', 'y')", "y" },
    { "file.path(tempdir(), 'a')", "{}/a" },
    { "paste0(Sys.Date(), '.csv')", "{}.csv" },
};

/* Scala's functions in Python's syntax; what they give is taken from its documentation. */
static const struct row in_scala[] = {
    { "'a/b/c'.split('/')", "['a', 'b', 'c']" },
    { "'a.b'.split('\\.')", "['a', 'b']" },
    { "'a|b'.split('|')", "['a', 'b']" },
    { "'a,b,,'.split(',')", "['a', 'b']" },
    { "'AbC'.toLowerCase()", "abc" },
    { "' a '.trim()", "a" },
    { "'s3://b'.stripPrefix('s3://')", "b" },
    { "'x.csv'.stripSuffix('.csv')", "x" },
    { "'a.b'.replace('.', '/')", "a/b" },
    { "'a1b2'.replaceAll('[0-9]', '#')", "a#b#" },
    { "'ab'.replaceAll('(a)(b)', '$2$1')", "ba" },
    { "'abc'.substring(1)", "bc" },
    { "'abc'.substring(0, 2)", "ab" },
    { "'abc'.take(2)", "ab" },
    { "'abc'.takeRight(1)", "c" },
    { "'abc'.dropRight(1)", "ab" },
    { "'abc'.dropRight(0)", "abc" },
    { "'%s/%02d'.format('a', 7)", "a/07" },
    { "String.format('%s-%s', 'a', 'b')", "a-b" },
    { "'a'.concat(H)", "a{}" },
    { "['a', 'b'].mkString(',')", "a,b" },
    { "['a', 'b'].mkString('[', ',', ']')", "[a,b]" },
    { "['a', 'b'].mkString()", "ab" },
    { "['a', 'b'].head()", "a" },
    { "['a', 'b'].last()", "b" },
    { "['a', 'b', 'c'].tail()", "['b', 'c']" },
    { "['a', 'b', 'c'].init()", "['a', 'b']" },
    { "['b', 'a'].sorted()", "['a', 'b']" },
    { "['a'].union(['b'])", "['a', 'b']" },
    { "['a', 'b'].zipWithIndex()", "[('a', 0), ('b', 1)]" },
    { "['a', 'b'].size()", "2" },
    { "{'a': 'x'}.getOrElse('a', 'd')", "x" },
    { "{'a': 'x'}.getOrElse('b', 'd')", "d" },
    { "{'a': 'x'}.get('b').getOrElse('d')", "d" },
    { "{'a': 'x'}.updated('b', 'y')", "{'a': 'x', 'b': 'y'}" },
    { "sys.env.getOrElse('A', 'x')", "x" },
    { "System.getenv('A')", "{}" },
    { "Option('x').getOrElse('y')", "x" },
    { "Paths.get('a', 'b').resolve('c.csv').toString()", "a/b/c.csv" },
    { "Paths.get('a/b').getFileName()", "b" },
    { "'  a\\n  |b'.stripMargin()", "  a\nb" },
    { "'12'.toInt() + 1", "13" },
};

/* What PyYAML 6 reads; what is not known here would be a value there. */
static const struct row yaml[] = {
    { "a: 1\nb: x y\nc:\n  d: s3://b/k # note\n  e: [1, 'two', \"th\\tree\"]\n",
      "{'a': 1, 'b': 'x y', 'c': {'d': 's3://b/k', 'e': [1, 'two', 'th\\tree']}}" },
    { "- a\n- b: 1\n  c: 2\n-\n  - x\n  - y\n", "['a', {'b': 1, 'c': 2}, ['x', 'y']]" },
    { "k:\n- a\n- b\nz: {p: q, 'r s': [1.5, null, true]}\n",
      "{'k': ['a', 'b'], 'z': {'p': 'q', 'r s': [1.5, None, True]}}" },
    { "---\n# c\na: 'it''s'\nurl: http://h:80/x#y\nempty:\nn: ~\nyes_: yes\no: 'on'\n",
      "{'a': \"it's\", 'url': 'http://h:80/x#y', 'empty': None, 'n': None, 'yes_': True, "
      "'o': 'on'}" },
    { "a: |\n  l1\n   l2\n\n  l3\nb: >-\n  f1\n  f2\nc: 1\n",
      "{'a': 'l1\\n l2\\n\\nl3\\n', 'b': 'f1 f2', 'c': 1}" },
    { "- - 1\n  - 2\n- 3\n", "[[1, 2], 3]" },
    { "x: -1.5\ny: 1e3\nz: 007\nh: 0x1F\nq: 1_000\n",
      "{'x': -1.5, 'y': '1e3', 'z': 7, 'h': 31, 'q': 1000}" },
    { "a: b\n---\nc: d\n", "{'a': 'b'}" },
    { "'a': b\r\nc: d\r\n", "{'a': 'b', 'c': 'd'}" },
    { "a: &x 1\nb: *x\n", "{'a': {}, 'b': {}}" },
};

static void yaml_is_read_as_its_library_reads_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(yaml); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct values vs;
        values_init(&vs, &a, ROOM);
        struct str text = str_from(yaml[i].expression);
        struct value *v = yaml_value(&vs, text);
        assert_case(v != NULL, yaml[i].expression);
        assert_str(small_eval_shown(&vs, v), yaml[i].want);
        for (size_t n = 0; n < text.len; n++)
            (void)yaml_value(&vs, str_slice(text, 0, n));
    }
    AUTO_ARENA a = ARENA_INIT;
    struct values vs;
    values_init(&vs, &a, ROOM);
    char deep[4000];
    memset(deep, '[', sizeof deep);
    assert_null(yaml_value(&vs, (struct str){ deep, sizeof deep }));
    for (size_t i = 0; i < sizeof deep; i += 2) {
        deep[i] = '-';
        deep[i + 1] = ' ';
    }
    assert_null(yaml_value(&vs, (struct str){ deep, sizeof deep }));
    assert_null(yaml_value(&vs, STR("just text")));
}

static void functions_of_r_and_scala_are_known(void **state)
{
    (void)state;
    assert_int_equal(n_wrong_rows(CALL_R, in_r, ARRAY_LEN(in_r)), 0);
    assert_int_equal(n_wrong_rows(CALL_SCALA, in_scala, ARRAY_LEN(in_scala)), 0);
}

static void tables_are_in_order_and_have_no_name_twice(void **state)
{
    (void)state;
    size_t n;
    const struct pure_table *const *tables = pure_tables(&n);
    for (size_t t = 0; t < n; t++)
        for (size_t i = 1; i < tables[t]->n; i++)
            if (str_cmp(tables[t]->rows[i - 1].name, tables[t]->rows[i].name) >= 0)
                fail_msg("%.*s stands at the wrong place", STR_FMT(tables[t]->rows[i].name));
}

/* Values of all kinds, containers among them, and some that hold each other. */
struct pool {
    struct values vs;
    struct value *values[40];
    size_t n;
    uint64_t seed;
};

static struct value *pick(struct pool *p)
{
    p->seed = p->seed * 6364136223846793005U + 1442695040888963407U;
    return p->values[(p->seed >> 33) % p->n];
}

static void fill_pool(struct pool *p, struct arena *a)
{
    static const char *const texts[] = {
        "",
        "a",
        "/",
        "a/b.csv",
        "%s %(x)d %5.2f %*d",
        "{}{0}{a[0].b!r:>5}",
        HOLE_TEXT,
        "x" HOLE_TEXT "/y",
        "s3://b/k",
        "\xc3\xa9\xff",
        "2019-01-02",
        "[1, {'a': 'b'}]",
        "${A} $b $",
        "%Y-%m-%d",
        "a|b.*[c]+",
        " \t",
        "{{}",
        "%",
    };
    struct values *vs = &p->vs;
    values_init(vs, a, 4UL * 1024 * 1024);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        p->values[p->n++] = value_text(vs, str_from(texts[i]));
    p->values[p->n++] = value_with_flags(vs, p->values[3], VALUE_IS_PATH);
    p->values[p->n++] = value_with_flags(vs, p->values[7], VALUE_IS_LISTED);
    p->values[p->n++] = value_with_flags(vs, p->values[1], VALUE_IS_BYTES);
    p->values[p->n++] = value_whole(vs, 0);
    p->values[p->n++] = value_whole(vs, -3);
    p->values[p->n++] = value_whole(vs, INT64_MIN);
    p->values[p->n++] = value_whole(vs, INT64_MAX);
    p->values[p->n++] = value_number(vs, 2.5);
    p->values[p->n++] = value_number(vs, -1e300);
    p->values[p->n++] = value_const(vs, STR("None"));
    p->values[p->n++] = value_bool(vs, true);
    p->values[p->n++] = value_unknown(vs, HOLE_CLOCK, STR("c"));
    p->values[p->n++] = value_chain_root(vs, CALL_PYTHON, STR("str"), true);
    p->values[p->n++] = value_join(vs, p->values[1], p->values[21]);
    for (unsigned flags = 0; flags <= VALUE_IS_SET; flags += VALUE_IS_TUPLE) {
        p->values[p->n++] = value_seq(vs, flags);
        for (size_t i = 0; i < 4; i++)
            value_seq_add(vs, p->values[p->n - 1], pick(p));
    }
    p->values[p->n++] = value_map(vs);
    for (size_t i = 0; i < 4; i++)
        value_map_put(vs, p->values[p->n - 1], pick(p), pick(p));
    p->values[p->n++] = value_seq(vs, 0);
    value_seq_add(vs, p->values[p->n - 1], p->values[p->n - 1]);
    p->values[p->n - 1]->seq->is_open = true;
}

static void random_args(struct pool *p, struct call_args *args, struct value **items,
                        struct str *names)
{
    static const char *const keywords[] = { "sep", "key", "default", "x", "a" };
    p->seed = p->seed * 6364136223846793005U + 1442695040888963407U;
    args->n_items = (p->seed >> 40) % 4;
    args->n_named = (p->seed >> 50) % 3;
    args->is_open = (p->seed >> 60) % 8 == 0;
    for (size_t i = 0; i < args->n_items + args->n_named; i++)
        items[i] = pick(p);
    for (size_t i = 0; i < args->n_named; i++)
        names[i] = str_from(keywords[(p->seed >> (20 + i)) % ARRAY_LEN(keywords)]);
    args->items = items;
    args->named = items + args->n_items;
    args->names = names;
}

static void call_all(struct pool *p, enum call_lang lang)
{
    size_t n;
    const struct pure_table *const *tables = pure_tables(&n);
    for (size_t t = 0; t < n; t++)
        for (size_t i = 0; i < tables[t]->n; i++) {
            struct value *items[8];
            struct str names[8], name = tables[t]->rows[i].name;
            struct call_args args = { 0 };
            random_args(p, &args, items, names);
            const struct value *v = pure_function(&p->vs, lang, name, &args);
            const struct value *w = pure_method(&p->vs, lang, pick(p), name, &args, true);
            assert_true(v == NULL || v->kind <= VALUE_UNION);
            assert_true(w == NULL || w->kind <= VALUE_UNION);
        }
}

static void operate(struct pool *p)
{
    for (int op = OP_NONE; op <= OP_IS_NOT; op++) {
        assert_non_null(pure_binary(&p->vs, (enum node_op)op, pick(p), pick(p)));
        assert_non_null(pure_unary(&p->vs, (enum node_op)op, pick(p)));
    }
    assert_non_null(pure_subscript(&p->vs, pick(p), pick(p)));
    assert_non_null(pure_slice(&p->vs, pick(p), pick(p), pick(p), pick(p)));
    assert_non_null(pure_format(&p->vs, pick(p), "\0rsa"[p->seed % 4], pick(p)));
    (void)pure_attribute(&p->vs, pick(p), STR("parents"));
    assert_non_null(value_to_text(&p->vs, pick(p)));
    const struct value *x = pick(p), *y = pick(p);
    assert_true(!value_eq(x, y) || value_hash(x) == value_hash(y));
}

static void calls_with_any_arguments_end_well(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 400; round++) {
        AUTO_ARENA a = ARENA_INIT;
        struct pool p = { .seed = round };
        fill_pool(&p, &a);
        for (int lang = CALL_PYTHON; lang < CALL_N_LANGS; lang++)
            call_all(&p, (enum call_lang)lang);
        operate(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_of_constants_are_what_python_makes_of_them),
        cmocka_unit_test(unknown_parts_stay_holes_and_alternatives_are_multiplied),
        cmocka_unit_test(yaml_is_read_as_its_library_reads_it),
        cmocka_unit_test(functions_of_r_and_scala_are_known),
        cmocka_unit_test(tables_are_in_order_and_have_no_name_twice),
        cmocka_unit_test(calls_with_any_arguments_end_well),
    };
    return cmocka_run_group_tests_name("pure", tests, NULL, NULL);
}
