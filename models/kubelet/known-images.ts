/**
 * What is to know of an image, looked up once for each name under which Pods ask for it. Nodes keep images as they list them in their
 * status, one object for all Nodes, so that the same image is the same object.
 */
import type { ContainerImage } from '../objects/node.ts';
import { defaultPullPolicy, type ImageCatalogue, withTag } from './image-catalogue.ts';
import { hexOf } from './made-up-digest.ts';

/** One image as Node.status.images lists it. */
export interface ListedImage extends ContainerImage {
  readonly names: readonly [id: string, reference: string];
  readonly sizeBytes: number;
}

export interface KnownImage {
  /** As the container names it. */
  readonly name: string;
  /** With its tag. */
  readonly reference: string;
  readonly id: string;
  readonly exists: boolean;
  readonly sizeBytes: number;
  readonly defaultPullPolicy: 'Always' | 'IfNotPresent';
  readonly listed: ListedImage;
}

/** A made-up digest, the same for the same image: no registry is asked. */
function idOf(reference: string): string {
  const repository = reference.slice(0, reference.lastIndexOf(':'));
  return `${repository}@sha256:${hexOf(reference)}${hexOf(`${reference}/`).slice(0, 8)}`;
}

export class KnownImages {
  readonly #catalogue: ImageCatalogue;
  readonly #byName = new Map<string, KnownImage>();

  constructor(catalogue: ImageCatalogue) {
    this.#catalogue = catalogue;
  }

  of(name: string): KnownImage {
    let image = this.#byName.get(name);
    if (image === undefined) {
      image = this.#lookUp(name);
      this.#byName.set(name, image);
    }
    return image;
  }

  /** What every Node has from the start, as it lists it. */
  preloaded(): readonly ListedImage[] {
    let images: readonly ListedImage[] = [];
    for (const name of this.#catalogue.preloaded) images = withImage(images, this.of(name).listed);
    return images;
  }

  #lookUp(name: string): KnownImage {
    const catalogue = this.#catalogue;
    const reference = withTag(name);
    const id = idOf(reference);
    return {
      name,
      reference,
      id,
      exists: catalogue.exists(name),
      sizeBytes: catalogue.sizeBytes(name),
      defaultPullPolicy: defaultPullPolicy(name),
      listed:
        name === reference
          ? { names: [id, reference], sizeBytes: catalogue.sizeBytes(reference) }
          : this.of(reference).listed,
    };
  }
}

/** The largest first, images of one size in the order of their names. */
function isListedBefore(a: ListedImage, b: ListedImage): boolean {
  return a.sizeBytes === b.sizeBytes ? a.names[0] < b.names[0] : a.sizeBytes > b.sizeBytes;
}

/** A Node's list with an image more. Another list, since reports hold on to the one before. */
export function withImage(images: readonly ListedImage[], image: ListedImage): readonly ListedImage[] {
  if (images.includes(image)) return images;
  let at = 0;
  while (at < images.length && isListedBefore(images[at] as ListedImage, image)) at++;
  return images.toSpliced(at, 0, image);
}
