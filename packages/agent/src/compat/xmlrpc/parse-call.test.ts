import { describe, expect, it } from 'vitest';
import { parseCall } from './parse-call.ts';
import { renderCall } from './write-call.ts';

const parse = (xml: string) => parseCall(Buffer.from(xml));
const withParam = (param: string) =>
  parse(`<methodCall><methodName>m</methodName><params><param>${param}</param></params></methodCall>`);
const notACall = { kind: 'not-a-call', reason: 'unmarshallable' };

describe('parseCall', () => {
  // What Supervisor 4.2.5 makes of each.
  it.each([
    ['<value><int> +5 </int></value>', 5],
    ['<value><i4>-3</i4></value>', -3],
    ['<value><int>9007199254740991</int></value>', Number.MAX_SAFE_INTEGER],
    ['<value><boolean>1</boolean></value>', true],
    ['<value><boolean>true</boolean></value>', false],
    ['<value><double>1e3</double></value>', 1000],
    ['<value><double>-.5</double></value>', -0.5],
    ['<value><string> x </string></value>', ' x '],
    ['<value>  a <!-- c --> b </value>', '  a  b '],
    ['<value> <string>x</string> </value>', 'x'],
    ['<value><string><![CDATA[<a>]]>&lt;&#x41;</string></value>', '<a><A'],
    ['<value><string>a\r\nb&#13;c</string></value>', 'a\nb\rc'],
    ['<value/>', ''],
    ['<value><string/></value>', ''],
    ['<value><base64>aMOp</base64></value>', 'hé'],
    ['<value><dateTime.iso8601>19980717T14:08:55</dateTime.iso8601></value>', '19980717T14:08:55'],
    ['<value><array><data/></array></value>', []],
    ['<value><array><data><value>1</value><int>2</int></data></array></value>', ['1', 2]],
    ['<value><struct/></value>', {}],
    ['<value><struct>\n<member><name>a</name>\n<value>1</value></member></struct></value>', { a: '1' }],
    ['<int>5</int>', 5],
    ['<value><i8>5</i8></value>', '5'],
    ['<value><nil/></value>', ''],
  ])('reads %s', (param, value) => {
    expect(withParam(param)).toEqual({ kind: 'call', methodName: 'm', params: [value] });
  });

  it('keeps a member named like a part of every object apart from it', () => {
    const read = withParam('<value><struct><member><name>__proto__</name><value>x</value></member></struct></value>');
    const [struct] = read.kind === 'call' ? read.params : [];
    expect(Object.entries(struct ?? {})).toEqual([['__proto__', 'x']]);
    expect(Object.getPrototypeOf(struct)).toBe(Object.prototype);
  });

  it.each([
    ['no params', '<methodCall><methodName>a.b</methodName></methodCall>', []],
    ['empty params', '<?xml version="1.0"?>\n<methodCall><methodName>a.b</methodName><params/></methodCall>\n', []],
    [
      'two',
      '<methodCall><methodName>a.b</methodName><params><param><value>1</value></param>\n<param><value>2</value></param></params></methodCall>',
      ['1', '2'],
    ],
    [
      'another encoding named',
      '<?xml version="1.0" encoding="iso-8859-1"?><methodCall><methodName>a.b</methodName></methodCall>',
      [],
    ],
  ])('takes a call with %s', (_, xml, params) => {
    expect(parse(xml)).toEqual({ kind: 'call', methodName: 'a.b', params });
  });

  it.each([
    '<methodCall/>',
    '<methodCall><params/></methodCall>',
    '<methodCall><methodName></methodName></methodCall>',
  ])('misses the name in %s', (xml) => {
    expect(parse(xml)).toEqual({ kind: 'not-a-call', reason: 'no method name' });
  });

  it.each([
    '',
    'hello',
    '{"json": true}',
    '<methodCall><methodName>supervisor.getAPI',
    '<methodCall><methodName>m</methodName></methodCall><methodCall/>',
    '<methodCall><methodName>\u0000</methodName></methodCall>',
    '<methodCall><methodName>&undefined;</methodName></methodCall>',
  ])('takes %j for no call', (xml) => {
    expect(parse(xml)).toEqual(notACall);
  });

  it.each([
    '',
    '<value><int>5.0</int></value>',
    '<value><int></int></value>',
    '<value><int>0x10</int></value>',
    '<value><double>ten</double></value>',
    '<value><double>0x1p3</double></value>',
    '<value><dateTime.iso8601>tomorrow</dateTime.iso8601></value>',
    '<value><base64>/w==</base64></value>',
    '<value><array/></value>',
    '<value><struct><member><name>a</name></member></struct></value>',
  ])('cannot read the parameter %j', (param) => {
    expect(withParam(param)).toEqual(notACall);
  });

  it('does not read bytes that are not UTF-8', () => {
    expect(parseCall(Buffer.from('<methodCall><methodName>\xff</methodName></methodCall>', 'latin1'))).toEqual(
      notACall,
    );
  });
});

describe('parseCall on hostile XML', () => {
  it('resolves no entity of a DTD, inside or outside', () => {
    const laughs = '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">';
    for (const entity of ['a', 'b', 'f']) {
      const call = `<!DOCTYPE x [${laughs}]><methodCall><methodName>&${entity};</methodName></methodCall>`;
      expect(parse(call)).toEqual(notACall);
    }
  });

  it.each([
    ['elements', '<a>', 1_000_000],
    ['elements below the bound of tags', '<a>', 40_000],
    ['arrays', '<value><array><data>', 3_000],
    ['structs', '<struct><member><name/><value>', 3_000],
  ])('is not overflown by deeply nested %s', (_, open, count) => {
    expect(withParam(open.repeat(count))).toEqual(notACall);
    const close =
      open
        .replaceAll('<name/>', '')
        .match(/[a-z]+/g)
        ?.toReversed() ?? [];
    const balanced =
      open.repeat(count) +
      close
        .map((name) => `</${name}>`)
        .join('')
        .repeat(count);
    expect(withParam(balanced)).toEqual(notACall);
  });

  it('reads values as deep as a hundred, and no deeper', () => {
    const nested = (depth: number) =>
      `${'<value><array><data>'.repeat(depth)}${'</data></array></value>'.repeat(depth)}`;
    expect(withParam(nested(45)).kind).toBe('call');
    expect(withParam(nested(60))).toEqual(notACall);
  });

  it('counts tags and references before it makes anything of them', () => {
    const array = (count: number) => `<value><array><data>${'<value/>'.repeat(count)}</data></array></value>`;
    expect(withParam(array(99_000)).kind).toBe('call');
    expect(withParam(array(100_000))).toEqual(notACall);
    expect(withParam(`<value>${'&gt;'.repeat(250_000)}</value>`).kind).toBe('call');
    expect(withParam(`<value>${'&gt;'.repeat(250_001)}</value>`)).toEqual(notACall);
  });

  it('reads a multicall of four thousand calls', () => {
    const calls = Array(4000).fill({ methodName: 'supervisor.getAPIVersion', params: [] });
    expect(parse(renderCall('system.multicall', [calls])).kind).toBe('call');
  });

  it('reads a megabyte of text', () => {
    const text = 'x & 😀 '.repeat(200_000);
    const read = withParam(`<value><string>${text.replaceAll('&', '&amp;')}</string></value>`);
    expect(read.kind === 'call' && read.params[0]).toBe(text);
  });
});
