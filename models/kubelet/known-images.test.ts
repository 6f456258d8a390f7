/** A Node's list of images, which grows by one image at a time. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ImageCatalogue } from './image-catalogue.ts';
import { KnownImages, type ListedImage, withImage } from './known-images.ts';

test('a list that grows one by one is the list sorted at once, without doubles', () => {
  const names = ['a:1', 'b:1', 'c:1', 'd', 'd:latest', 'e:1'];
  const sizes = fc.record(Object.fromEntries(names.map((name) => [name, fc.constantFrom(1, 2, 3)])));
  fc.assert(
    fc.property(sizes, fc.array(fc.constantFrom(...names)), (sizeBytes, arrivals) => {
      const images = new KnownImages(new ImageCatalogue({ sizeBytes }));
      let grown: readonly ListedImage[] = [];
      for (const name of arrivals) grown = withImage(grown, images.of(name).listed);
      const sorted = [...new Set(arrivals.map((name) => images.of(name).listed))];
      sorted.sort((a, b) => b.sizeBytes - a.sizeBytes || (a.names[0] < b.names[0] ? -1 : 1));
      expect(grown).toEqual(sorted);
    }),
  );
});

test('an image with its tag and without is one in lists, and what is preloaded is there once', () => {
  const images = new KnownImages(new ImageCatalogue({ preloaded: ['httpd', 'nginx:1', 'httpd:latest'] }));
  expect(images.of('httpd').listed).toBe(images.of('httpd:latest').listed);
  expect(images.preloaded().map(({ names }) => names[1])).toEqual(['nginx:1', 'httpd:latest']);
});
