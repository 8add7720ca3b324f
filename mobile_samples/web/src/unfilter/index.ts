/** What an app imports. The names are those of the SDK and of the samples in other languages. */

export { Bundle } from "./bundle";
export { type Refusal, UnfilterError } from "./errors";
export { type Choice, Filter, type Progress, type Restoring, type Saving } from "./filter";
export { type HyperParameter, type Parameters, place, valueAt } from "./hyperParameter";
export { type Restored, restoreHeld } from "./held";
export { inspect } from "./inspect";
export type { Manifest } from "./manifest";
export type { Photo } from "./photo/photo";
export { encodeJpeg } from "./photo/jpeg";
export { locateJpegCodec, preloadJpegCodec } from "./photo/libjpegTurbo";
export { encodePng } from "./photo/png";
export { type PhotoFile, readPhoto } from "./photo/read";
export type { Pixels } from "./pixels";
export { arrival } from "./recognition/arrival";
export { keeps, NotRestored, type Origin, type Recognition, refusalOf, said } from "./recognition/origin";
export { type Backend, FORMATS, type RuntimeName } from "./runtimes/runtime";
export type { Tag } from "./tag";
export { planOf, type Tile, type TilePlan, tiles } from "./tiling";
