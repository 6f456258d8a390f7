/**
 * What the registry holds: the compressed size of each image and which images it does not have. Sizes are what
 * `docker manifest` shows for linux/amd64, rounded, and assumed where a release has not been looked up; an image that
 * is not listed has the default size.
 */

export interface ImageCatalogueSpec {
  /** Bytes of images, by repository ("httpd") or by full reference ("httpd:2.4"); the full reference wins. */
  readonly sizeBytes?: Readonly<Record<string, number>>;
  /** Bytes of an image that is not listed. */
  readonly defaultSizeBytes?: number;
  /** Images that the registry does not have, by repository or by full reference. */
  readonly missing?: readonly string[];
  /** Images that every Node has from the start. */
  readonly preloaded?: readonly string[];
}

const MB = 1_000_000;

/** Assumed: about the median of the official images of Docker Hub. */
export const DEFAULT_IMAGE_BYTES = 100 * MB;

const KNOWN_SIZES: Readonly<Record<string, number>> = {
  httpd: 58 * MB,
  nginx: 72 * MB,
  busybox: 2.2 * MB,
  alpine: 3.8 * MB,
  redis: 50 * MB,
  postgres: 155 * MB,
  mysql: 235 * MB,
  'registry.k8s.io/pause': 0.32 * MB,
  'registry.k8s.io/etcd': 23 * MB,
  'registry.k8s.io/kube-apiserver': 27 * MB,
  'registry.k8s.io/kube-controller-manager': 23 * MB,
  'registry.k8s.io/kube-scheduler': 17 * MB,
  'registry.k8s.io/kube-proxy': 26 * MB,
  'registry.k8s.io/coredns/coredns': 22 * MB,
  'ghcr.io/flannel-io/flannel': 34 * MB,
  'ghcr.io/flannel-io/flannel-cni-plugin': 5 * MB,
};

/** "repo:tag@digest" without tag and digest. A colon before the last slash belongs to a port. */
export function imageRepository(image: string): string {
  const at = image.indexOf('@');
  const plain = at < 0 ? image : image.slice(0, at);
  const colon = plain.lastIndexOf(':');
  return colon > plain.lastIndexOf('/') ? plain.slice(0, colon) : plain;
}

/** Of images without tag: their references with it. Bounded, since images are named by users. */
const tagged = new Map<string, string>();
const TAGGED_KEPT = 4096;

/** The reference with its default tag: "httpd" is "httpd:latest". */
export function withTag(image: string): string {
  let reference = tagged.get(image);
  if (reference === undefined) {
    reference = imageRepository(image) === image ? `${image}:latest` : image;
    if (tagged.size === TAGGED_KEPT) tagged.clear();
    tagged.set(image, reference);
  }
  return reference;
}

/**
 * imagePullPolicy where the Pod gives none: Always for the tag latest, else IfNotPresent.
 * Source: pkg/apis/core/v1/defaults.go.
 */
export function defaultPullPolicy(image: string): 'Always' | 'IfNotPresent' {
  return withTag(image).endsWith(':latest') && !image.includes('@') ? 'Always' : 'IfNotPresent';
}

/** Docker Hub's short names and their long forms are one image. */
function shortName(image: string): string {
  if (image.startsWith('docker.io/library/')) return image.slice('docker.io/library/'.length);
  return image.startsWith('docker.io/') ? image.slice('docker.io/'.length) : image;
}

export class ImageCatalogue {
  readonly #sizes = new Map<string, number>();
  readonly #missing: ReadonlySet<string>;
  readonly #defaultBytes: number;
  /** With tags, as the Nodes' caches name them. */
  readonly preloaded: readonly string[];

  constructor(spec: ImageCatalogueSpec = {}) {
    for (const [image, bytes] of Object.entries(KNOWN_SIZES)) this.#sizes.set(image, bytes);
    for (const [image, bytes] of Object.entries(spec.sizeBytes ?? {})) {
      if (!(bytes >= 0)) throw new RangeError(`size of image '${image}' is ${bytes}; accepted are bytes from 0`);
      this.#sizes.set(shortName(image), bytes);
    }
    this.#missing = new Set((spec.missing ?? []).map(shortName));
    this.#defaultBytes = spec.defaultSizeBytes ?? DEFAULT_IMAGE_BYTES;
    this.preloaded = (spec.preloaded ?? []).map(withTag);
  }

  exists(image: string): boolean {
    if (this.#missing.size === 0) return true;
    const short = shortName(image);
    return (
      !this.#missing.has(short) && !this.#missing.has(withTag(short)) && !this.#missing.has(imageRepository(short))
    );
  }

  /** Whole bytes. */
  sizeBytes(image: string): number {
    const short = shortName(image);
    return Math.round(
      this.#sizes.get(short) ??
        this.#sizes.get(withTag(short)) ??
        this.#sizes.get(imageRepository(short)) ??
        this.#defaultBytes,
    );
  }
}
