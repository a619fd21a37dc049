import { expect, test } from '@jest/globals';

import { editXml, element, elements, printXml, replaceElements } from '../../../../src/drivers/libvirt/xml-edit.ts';

test('what is not changed is written as it was read', () => {
  const xml = `<domain type="qemu" x="a&lt;&quot;b"><name>a &amp; b &#233;</name><a/><b>1</b><a><![CDATA[<&>]]></a> \n</domain>`;
  expect(printXml(editXml(xml))).toBe(xml.replace('<a/>', '<a></a>'));
});

test('a quotation mark within single quotes stays one', () => {
  expect(printXml(editXml(`<a b='say "hi"'/>`))).toBe('<a b="say &quot;hi&quot;"></a>');
});

test('an element is put where the one of its name was, and at the end if there was none', () => {
  const root = editXml('<a><b/><c>old</c><d/></a>');
  replaceElements(root, 'c', element('c', { value: '<"1">' }, [{ text: 'x & y' }]));
  replaceElements(root, 'e', element('e'));
  replaceElements(root, 'b', null);
  expect(printXml(root)).toBe('<a><c value="&#60;&#34;1&#34;&#62;">x &#38; y</c><d></d><e></e></a>');
  expect(elements(root, 'd')).toHaveLength(1);
});
