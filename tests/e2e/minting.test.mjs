// The page that shows how to make a session cookie: each example, taken out of
// it as it stands, runs under its own interpreter, and the real program takes
// what it makes.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask } from './client.mjs';
import { blocks, checkRight, fences } from './pages.mjs';
import { Place, lighttpdFastcgi, root, run } from './site.mjs';
import { SESSION_KEY, seconds } from './token.mjs';

const page = readFileSync(join(root, 'etc/doc/minting.md'), 'utf8');
const KEY_FILE = '/etc/signpost/session.key';
const OTHER_KEY = 'another-test-key-that-protects-nothing';

// A name that JSON must escape, and that is no ASCII.
const ODD = 'O\'Brien "x" \\ é';

// How each one is called, with the user as its argument. $user of the shell's
// function can't be odd, as the page says.
const languages = {
  php: { file: 'mint.php', more: '\necho session_cookie($_SERVER["argv"][1]);', command: ['php'] },
  python: { file: 'mint.py', more: '\nimport sys\nprint(session_cookie(sys.argv[1]))', command: ['/usr/bin/python3'] },
  js: { file: 'mint.mjs', more: '\nconsole.log(sessionCookie(process.argv[2]));', command: [process.execPath] },
  ruby: { file: 'mint.rb', more: '\nputs session_cookie(ARGV[0])', command: ['ruby'] },
  go: { file: 'mint.go', command: ['go', 'run'], beside: ['main.go', `package main

import (
	"fmt"
	"os"
)

func main() {
	cookie, err := sessionCookie(os.Args[1])
	if err != nil {
		panic(err)
	}
	fmt.Println(cookie)
}
`] },
  perl: { file: 'mint.pl', more: '\nutf8::decode($ARGV[0]);\nprint session_cookie($ARGV[0]), "\\n";\n', command: ['perl'] },
  sh: { file: 'mint.sh', more: '\nsession_cookie "$1"\n', command: ['sh'], plain: true },
};

// What the page's example prints, with this key where the page has it.
function mint(place, { language, content }, key, user) {
  const { file, more = '', command, beside } = languages[language];
  assert.equal(content.split(KEY_FILE).length, 2, 'the example reads the key once');
  const keyFile = place.write('mint.key', `${key}\n`);
  const paths = [place.write(file, content.replace(KEY_FILE, keyFile) + more)];
  if (beside) paths.push(place.write(...beside));
  const { code, out, err } = run([...command.slice(1), ...paths, user], { program: command[0],
    env: { HOME: place.path, GO111MODULE: 'off', GOFLAGS: '-buildvcs=false', GOTOOLCHAIN: 'local', LANG: 'C.UTF-8' } });
  assert.equal(code, 0, out + err);
  assert.equal(err, '');
  return out.trim();
}

// The pair that a browser sends back, of a header as it should be.
function pairOf(header) {
  const [pair, ...attributes] = header.split('; ');
  assert.deepEqual(attributes, ['Path=/', 'Max-Age=86400', 'Secure', 'HttpOnly', 'SameSite=Lax']);
  assert.match(pair, /^session=[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/);
  return pair;
}

const configuration = (session) => `
cloudinary = { cloud_name = "demo"; api_key = "874837483274837"; api_secret_file = "cloudinary.secret"; };
${session}
policies = { avatar = { action = "upload"; limit = "60/hour";
  set = { public_id = "users/{user_hash}/{random}"; overwrite = false; allowed_formats = "jpg"; }; }; };
`;

test('a session cookie in each language', async (t) => {
  const [session, ...others] = blocks(page, 'libconfig');
  assert.equal(others.length, 0);
  checkRight(t, configuration(session));
  const examples = fences(page).filter(({ language }) => language !== 'libconfig');
  assert.deepEqual(examples.map(({ language }) => language).sort(), Object.keys(languages).sort());

  const { port } = await lighttpdFastcgi(t, configuration(session));
  const get = (pair, query = '') => ask(port, { path: `/api/sign${query}`, headers: [['Cookie', pair]] });

  for (const example of examples)
    await t.test(example.heading, async (t) => {
      const place = new Place(t);
      const pair = pairOf(mint(place, example, SESSION_KEY, 'alice'));
      const { sub, iat, exp } = JSON.parse(Buffer.from(pair.split('.')[1], 'base64url').toString());
      assert.equal(sub, 'alice');
      assert.ok(Math.abs(iat - seconds()) < 120 && exp === iat + 86400);

      const signed = await get(pair, '?policy=avatar');
      assert.equal(signed.status, 200, signed.body);
      assert.match(JSON.parse(signed.body).signature, /^[0-9a-f]{64}$/);

      if (!languages[example.language].plain) {
        const odd = await get(pairOf(mint(place, example, SESSION_KEY, ODD)));
        assert.equal(odd.status, 200, odd.body);
        assert.equal(JSON.parse(odd.body).user, ODD);
      }

      // The same under another key, and with one letter of the user changed.
      const foreign = await get(pairOf(mint(place, example, OTHER_KEY, 'alice')), '?policy=avatar');
      const [head, body, mac] = pair.split('.');
      const at = body.length >> 1;
      const spoiled = body.slice(0, at) + (body[at] === 'A' ? 'B' : 'A') + body.slice(at + 1);
      const changed = await get([head, spoiled, mac].join('.'), '?policy=avatar');
      for (const refused of [foreign, changed]) {
        assert.equal(refused.status, 401, refused.body);
        assert.equal(JSON.parse(refused.body).code, 'no_session');
        assert.doesNotMatch(refused.body, /"signature"/);
      }
    });
});

test('the page says what the program reads', () => {
  assert.ok(existsSync(join(root, 'etc/frameworks.md')));
  const limits = readFileSync(join(root, 'src/base/limits.h'), 'utf8');
  assert.match(limits, /^#define USER_MAX 255$/m);
  assert.match(limits, /^#define SESSION_AHEAD_MAX_SECONDS \(400LL \* 24 \* 3600\)/m);
  assert.match(page, /1 to 255 bytes/);
  assert.match(page, /at most 400 days ahead/);
});
