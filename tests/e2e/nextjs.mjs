// A page of Next.js that shows a component of next-cloudinary: the real
// component and the real React, without a browser and without Next.js.
import { createRequire } from 'node:module';
import { Widget } from './page.mjs';
import { until } from './site.mjs';

const require = createRequire(import.meta.url);
const React = require('react');
const { act, create } = require('react-test-renderer');
const Script = require('next/script');

process.env.NEXT_PUBLIC_CLOUDINARY_CLOUD_NAME = 'demo';
process.env.NEXT_PUBLIC_CLOUDINARY_API_KEY = '874837483274837';
globalThis.IS_REACT_ACT_ENVIRONMENT = true;

// Shows it until the test ends; returns the widget that it made.
export async function showComponent(t, packageName, componentName, props, page, upload) {
  const component = require(packageName)[componentName];
  const own = globalThis.fetch;
  let widget = null;
  globalThis.fetch = page.fetch;
  globalThis.window = {
    cloudinary: { createUploadWidget: (options) => (widget = new Widget(options, upload)) },
  };
  let shown;
  t.after(() => {
    act(() => shown?.unmount());
    globalThis.fetch = own;
    delete globalThis.window;
  });
  act(() => {
    shown = create(React.createElement(component, props));
  });
  act(() => shown.root.findByType(Script).props.onLoad());
  await until('the widget is made', () => widget);
  return { widget, root: shown.root };
}
