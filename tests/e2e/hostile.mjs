// Requests that go as far as a client can go with the web server itself: its
// methods, paths, framing and header names. What is not refused by the server
// is to be answered as if the oddity were not there, or refused by us.
import { alice, captioned } from './requests.mjs';

const COOKIE = `Cookie: session=${alice}`;
const CLOSE = 'Connection: close';
const FORM = 'Content-Type: application/x-www-form-urlencoded';

const bytes = (first, headers, body = '') => `${[first, ...headers].join('\r\n')}\r\n\r\n${body}`;
const raw = (first, headers = [], body = '', host = 'Host: localhost') =>
  ({ raw: bytes(first, [host, COOKIE, CLOSE, ...headers].filter((line) => line !== null), body), method: first.split(' ')[0] });
const at = (path, ...headers) => raw(`GET ${path} HTTP/1.1`, headers);
const hosted = (host) => raw('GET /api/sign?policy=avatar HTTP/1.1', [], '', host);
const upload = (...headers) => at('/api/sign?policy=avatar', ...headers);
const posted = (headers, body) => raw('POST /api/sign?policy=avatar HTTP/1.1', [FORM, ...headers], body);
const ending = (request) => ({ ...request, ends: true });
const method = (name, ...headers) => raw(`${name} /api/sign?policy=avatar HTTP/1.1`, headers);

const TE = 'Transfer-Encoding: chunked';
const BODY = 'context=caption=Hello';
const chunked = (...parts) => `${parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('')}0\r\n\r\n`;

// name, request, what we say (several where the server's reading decides),
// check; "200" is a grant of the avatar, if check does not say another one.
export const hostile = [
  // Methods.
  ['TRACE', method('TRACE'), '405 method'],
  ['CONNECT', method('CONNECT'), '405 method'],
  ['PROPFIND', method('PROPFIND'), '405 method'],
  ['a method of nobody', method('BREW'), '405 method'],
  ['get', method('get'), '405 method'],
  ['a method of 600 letters', method('G'.repeat(600)), '405 method'],
  ['a method with a NUL', method('GE\0T'), '405 method'],
  ['OPTIONS *', raw('OPTIONS * HTTP/1.1'), '204'],
  ['a method in a header', upload('X-HTTP-Method-Override: DELETE', 'X-Method: PUT'), '200'],
  ['GET with a body', raw('GET /api/sign?policy=avatar HTTP/1.1', ['Content-Length: 5'], 'a=b&c'), ['200', '400 malformed']],
  // Paths.
  ['a slash behind', at('/api/sign/?policy=avatar'), '200'],
  ['a path behind', at('/api/sign/x/y?policy=avatar'), '200'],
  ['x/../y behind', at('/api/sign/x/../y?policy=avatar'), '200'],
  ['../ behind', at('/api/sign/../sign?policy=avatar'), '200'],
  ['../ beyond the root', at('/../../api/sign?policy=avatar'), '200'],
  ['//api/sign', at('//api/sign?policy=avatar'), '200'],
  ['/api//sign', at('/api//sign?policy=avatar'), '200'],
  ['/api/./sign', at('/api/./sign?policy=avatar'), '200'],
  ['an escaped letter', at('/api/sig%6e?policy=avatar'), '200'],
  ['%00 behind', at('/api/sign%00?policy=avatar'), '200'],
  ['/%00 behind', at('/api/sign/%00?policy=avatar'), '200'],
  ['NUL in the path', at('/api/sign\0?policy=avatar'), '200'],
  ['NUL in the query', at('/api/sign?policy=avatar\0'), ['400 malformed', '404 policy_unknown']],
  ['%2f behind', at('/api/sign%2f?policy=avatar'), '200'],
  ['%2e%2e%2f behind', at('/api/sign/%2e%2e%2fsign?policy=avatar'), '200'],
  [';x behind', at('/api/sign;x=y?policy=avatar'), '200'],
  ['capital letters', at('/API/SIGN?policy=avatar'), '200'],
  ['? as %3f', at('/api/sign%3fpolicy=avatar'), '200'],
  ['an absolute address', at('http://localhost/api/sign?policy=avatar'), '200'],
  ['an absolute address of another', at('http://evil.example/api/sign?policy=avatar'), '200'],
  ['# in the address', at('/api/sign?policy=avatar#x'), ['200', '400 malformed', '404 policy_unknown']],
  ['two ?', at('/api/sign??policy=avatar'), '400 bad_name'],
  // Queries that a CGI server may make arguments of.
  ['?--config=/tmp/x', at('/api/sign?--config=/tmp/x'), '400 bad_name'],
  ['?-h', at('/api/sign?-h'), '400 malformed'],
  ['?--version', at('/api/sign?--version'), '400 malformed'],
  ['?check', at('/api/sign?check'), '400 malformed'],
  ['?mint+--user+bob', at('/api/sign?mint+--user+bob'), '400 malformed'],
  ['?-d+x+-f', at('/api/sign?-d+x+-f'), '400 malformed'],
  ['?%2d%2dversion', at('/api/sign?%2d%2dversion'), '400 malformed'],
  ['?x.cgi', at('/api/sign?x.cgi'), '400 malformed'],
  ['a query of 8193 bytes', at(`/api/sign?policy=avatar&context=caption=${'x'.repeat(8193 - 30)}`), ['400 too_large', '413 too_large', '414 too_large', '403 value_not_allowed']],
  // Header names that become the same variable, and others that are obeyed.
  ['Proxy', upload('Proxy: http://evil.example:8080'), '200'],
  ['Sec_Fetch_Site beside Sec-Fetch-Site', upload('Sec-Fetch-Site: cross-site', 'Sec_Fetch_Site: same-origin'), ['400 duplicate_variable', '403 cross_site']],
  ['Sec-Fetch-Site twice', upload('Sec-Fetch-Site: cross-site', 'Sec-Fetch-Site: same-origin'), ['400 duplicate_variable', '403 cross_site']],
  ['Origin twice', upload('Origin: https://www.example.com', 'Origin: https://evil.example'), ['400 duplicate_variable', '403 origin_not_listed']],
  ['Origin_ beside Origin', upload('Origin: https://evil.example', 'Origin_: https://www.example.com'), '403 origin_not_listed'],
  ['Content_Length', posted(['Content_Length: 5', `Content-Length: ${BODY.length}`], BODY), '200', captioned('Hello')],
  ['Remote-Addr and Remote_Addr', at('/api/sign?policy=there&public_id=users/alice/cat', 'Remote-Addr: 192.0.2.1', 'Remote_Addr: 192.0.2.1', 'Forwarded: for=192.0.2.1'), '403 address_not_allowed'],
  ['variables of ours', upload('Signpost-Config: /tmp/x', 'Signpost_Config: /tmp/x', 'Gateway-Interface: x', 'Document-Root: /'), '200'],
  ['X-Original-URL and others', upload('X-Original-URL: /etc/passwd', 'X-Rewrite-URL: /etc/passwd', 'X-Forwarded-Host: evil.example'), '200'],
  ['Cookie twice, one of ours', upload('Cookie: a=b'), ['200', '400 duplicate_variable']],
  ['Authorization twice', upload(`Authorization: Bearer ${alice}`, 'Authorization: Bearer x'), ['400 duplicate_variable', '401 no_session']],
  ['an Origin of 9000 bytes', upload(`Origin: https://${'x'.repeat(9000)}`), ['400 too_large', '413 too_large', '431 too_large']],
  ['cookies of 40,000 bytes', upload(`Cookie: a=${'x'.repeat(40000)}`), ['400 too_large', '413 too_large', '431 too_large']],
  ['600 headers', upload(...Array.from({ length: 600 }, (_, i) => `X-${i}: y`)), ['413 too_large', '431 too_large', '400 too_large']],
  ['a NUL in a header', upload('Origin: https://www.example.com\0.evil.example'), '403 origin_not_listed'],
  ['a bare CR in a header', upload('Origin: https://evil.example\rOrigin: https://www.example.com'), '403 origin_not_listed'],
  ['a folded header', upload('Origin: https://evil.example\r\n https://www.example.com'), '403 origin_not_listed'],
  ['Range, If-None-Match', upload('If-None-Match: *', 'If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT', 'Range: bytes=0-'), '200'],
  // Host.
  ['no Host', hosted(null), '200'],
  ['an empty Host', hosted('Host:'), '200'],
  ['another Host', hosted('Host: evil.example'), '200'],
  ['a Host with a port that is none', hosted('Host: localhost:99999'), '200'],
  ['a Host with a path', hosted('Host: ../../etc/passwd'), '200'],
  ['a Host with blanks', hosted('Host: a b'), '200'],
  ['two Hosts', hosted('Host: localhost\r\nHost: evil.example'), '200'],
  ['HTTP/1.0 without a Host', raw('GET /api/sign?policy=avatar HTTP/1.0', [], '', null), '200'],
  ['HTTP/9.9', raw('GET /api/sign?policy=avatar HTTP/9.9'), '200'],
  ['no version', raw('GET /api/sign?policy=avatar'), '200'],
  // Bodies that are not as long as is said.
  ['a body in chunks', posted([TE], chunked(BODY.slice(0, 8), BODY.slice(8))), '200', captioned('Hello')],
  ['20 KiB in chunks', posted([TE], chunked('context=caption=', 'x'.repeat(20480))), '413 too_large'],
  ['200 KiB in chunks', posted([TE], chunked('context=caption=', ...Array(50).fill('x'.repeat(4096)))), '413 too_large'],
  ['chunks and Content-Length', posted([TE, 'Content-Length: 3'], chunked(BODY)), '200', captioned('Hello')],
  ['a chunk that is no number', posted([TE], 'zz\r\nabc\r\n0\r\n\r\n'), '400 content_length'],
  ['chunks that break off', ending(posted([TE], '20\r\nabc')), '400 content_length'],
  ['another transfer encoding', posted(['Transfer-Encoding: gzip, chunked'], chunked(BODY)), '200', captioned('Hello')],
  ['a body that breaks off', ending(posted(['Content-Length: 100'], BODY)), '400 content_length'],
  ['a body longer than it says', posted(['Content-Length: 7'], BODY), '400 malformed'],
  ['two lengths', posted(['Content-Length: 21', 'Content-Length: 5'], BODY), '400 content_length'],
  ['a length twice', posted(['Content-Length: 21', 'Content-Length: 21'], BODY), '200', captioned('Hello')],
  ['a length list', posted(['Content-Length: 21, 21'], BODY), '400 content_length'],
  ['a negative length', posted(['Content-Length: -1'], BODY), '400 content_length'],
  ['a length with +', posted(['Content-Length: +21'], BODY), '400 content_length'],
  ['a length in hex', posted(['Content-Length: 0x15'], BODY), '400 content_length'],
  ['a length of 30 digits', posted([`Content-Length: ${'9'.repeat(30)}`], BODY), '413 too_large'],
  ['no length', posted([], ''), '200'],
  // Cookies.
  ['a cookie twice, another first', raw('GET /api/sign?policy=avatar HTTP/1.1', [`Cookie: session=x; session=${alice}`], '', 'Host: localhost'), ['400 duplicate_variable', '401 no_session']],
  ['a cookie name in capitals', { raw: bytes('GET /api/sign?policy=avatar HTTP/1.1', ['Host: localhost', CLOSE, `Cookie: SESSION=${alice}`]), method: 'GET' }, '401 no_session'],
  ['a cookie with a NUL', { raw: bytes('GET /api/sign?policy=avatar HTTP/1.1', ['Host: localhost', CLOSE, `Cookie: session=${alice}\0`]), method: 'GET' }, ['401 no_session']],
];
