/** What the package gives, which has no types of its own. */
declare module "@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs" {
  interface FrameInfo {
    width: number;
    height: number;
    bitsPerSample: number;
    componentCount: number;
    isSigned: boolean;
  }

  export interface TurboJpeg {
    JPEGDecoder: new () => {
      getEncodedBuffer(size: number): Uint8Array;
      decode(): void;
      getFrameInfo(): FrameInfo;
      getDecodedBuffer(): Uint8Array;
      delete(): void;
    };
    JPEGEncoder: new () => {
      getDecodedBuffer(frame: FrameInfo): Uint8Array;
      setQuality(quality: number): void;
      setProgressive(on: boolean): void;
      setSubSampling(sampling: number): void;
      encode(): void;
      getEncodedBuffer(): Uint8Array;
      delete(): void;
    };
  }

  interface Options {
    locateFile(name: string): string;
    print(text: string): void;
    printErr(text: string): void;
  }

  export default function createModule(options: Options): Promise<TurboJpeg>;
}
