// How a page uses the client; what is wrong stands behind @ts-expect-error,
// which is itself an error where nothing is wrong.
import signpost, { SignpostError, destroy, sign, upload, url } from '../../../etc/www/signpost.js';
import type { Destroyed, Information, Progress, Signpost, SignedCall, SignedLink, SignedToken, Uploaded, Verified } from '../../../etc/www/signpost.js';

export async function right(file: File, signal: AbortSignal): Promise<void> {
  const call: SignedCall = await sign('avatar', { context: { caption: 'A cat' }, faces: true, quality_override: 80, tags: ['a', 'b'] });
  const values: string[] = Object.values(call.fields).flat();
  const until: Date = new Date(call.expires_at * 1000);
  const link: SignedLink = await sign<SignedLink>('original', { public_id: 'a/b', format: undefined }, { signal });
  const token: SignedToken = await sign<SignedToken>('album');
  const verified: Verified = await sign<Verified>('uploaded', { public_id: 'a/b', version: 1767225600, signature: 'f' });
  const information: Information = await sign();
  const made: Uploaded = await upload('avatar', file, {
    params: { context: 'alt=x' },
    onprogress: ({ loaded, total }: Progress) => console.log(loaded / total),
    signal,
    chunk_size: 6e6,
  });
  await upload('avatar', new Blob(['x']));
  const gone: Destroyed = await destroy('remove', made.public_id, { invalidate: true });
  const address: string = await url('thumb', made.public_id);
  await url('thumb', made.public_id, 'w_200,c_fill', { version: made.version });
  const other: Signpost = signpost('https://www.example.com/api/sign', { credentials: 'include', headers: { Authorization: 'Bearer x' } });
  await signpost().upload('avatar', file);
  console.log(values, until, link.expires_at?.toFixed(), token.token, verified.valid, information.policies.join(), gone.result, address, other);
}

export function refused(error: unknown): string {
  if (!(error instanceof SignpostError)) return 'another error';
  const wait: number | undefined = error.retry_after;
  return `${error.status.toFixed()} ${error.code} ${error.param ?? ''} ${error.policy ?? ''} ${wait ?? 0} ${error.request_id ?? ''} ${error.message}`;
}

export async function wrong(file: File): Promise<void> {
  // @ts-expect-error a policy has a name
  await sign(1);
  // @ts-expect-error null is no value
  await sign('avatar', { tags: null });
  // @ts-expect-error a list of strings
  await sign('avatar', { tags: [1] });
  // @ts-expect-error an object of strings
  await sign('avatar', { context: { rank: 1 } });
  // @ts-expect-error the policy is the first argument
  await sign('avatar', { policy: 'widget' });
  // @ts-expect-error no such answer
  await sign<{ secret: string }>('avatar');
  // @ts-expect-error only an answer that says so has a token
  (await sign('album')).token;
  // @ts-expect-error may be undefined
  (await sign('avatar')).public_id.length;
  // @ts-expect-error a file is bytes
  await upload('avatar', 'https://www.example.com/cat.jpg');
  // @ts-expect-error as Cloudinary's other names, in snake case
  await upload('avatar', file, { chunkSize: 1 });
  // @ts-expect-error there are no events
  await upload('avatar', file, { onprogress: (event: ProgressEvent) => event.loaded });
  // @ts-expect-error what is to be deleted?
  await destroy('remove');
  // @ts-expect-error parameters are the fourth
  await url('thumb', 'a/b', { version: 1 });
  // @ts-expect-error text, no object
  (await url('thumb', 'a/b')).url;
  // @ts-expect-error the method is POST
  signpost('/api/sign', { method: 'GET' });
  // @ts-expect-error nobody else makes it
  new SignpostError();
  // @ts-expect-error it is fixed
  (undefined as unknown as SignpostError).status = 1;
}
