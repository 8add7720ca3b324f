/** The live view: frames of the camera through the filter, as large as this device keeps up with. */

import type { Parameters } from "../unfilter";
import type { FilterWorker } from "./filterWorker";

/** Longer sides of the preview, pixels; a frame must fit into one tile of the smallest plan that ships. */
const SIZES = [160, 224, 320, 448, 640];
/** Seconds a frame may take before the view gets smaller, and below which it gets larger. */
const SLOW = 0.16, FAST = 0.05;
/** Seconds from which on a live view is none: it stops, and the camera is shown as it is. */
const HOPELESS = 2;

export interface LiveCallbacks {
  /** Frames per second, after each frame. */
  speed(fps: number): void;
  /** It stopped, since a frame takes that many seconds. */
  tooSlow(seconds: number): void;
}

export class LiveView {
  parameters: Parameters = {};
  private running = 0;
  private size = 2;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly canvas: HTMLCanvasElement,
    private readonly callbacks: LiveCallbacks,
  ) {}

  /** Starts with what `filterWorker` has open. */
  async start(filterWorker: FilterWorker): Promise<void> {
    const run = ++this.running;
    let slowFrames = 0;
    while (run === this.running) {
      const started = performance.now();
      const frame = this.grab();
      if (!frame) {
        await nextFrame();
        continue;
      }
      const given = { frame, parameters: this.parameters };
      const answer = await filterWorker.ask("preview", given, { transfer: [frame.data.buffer] }).catch(() => null);
      if (!answer || run !== this.running) return;
      this.draw(answer.frame);
      this.adapt(answer.seconds);
      this.callbacks.speed(1000 / (performance.now() - started));
      slowFrames = answer.seconds > HOPELESS && this.size === 0 ? slowFrames + 1 : 0;
      if (slowFrames === 3) { // the first frame of a size is slower everywhere
        this.stop();
        this.callbacks.tooSlow(answer.seconds);
      }
      await nextFrame();
    }
  }

  stop(): void {
    this.running++;
    this.canvas.hidden = true;
  }

  private grab(): ImageData | null {
    const { videoWidth, videoHeight } = this.video;
    if (!videoWidth || this.video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
    const scale = Math.min(1, SIZES[this.size]! / Math.max(videoWidth, videoHeight));
    const canvas = new OffscreenCanvas(Math.round(videoWidth * scale), Math.round(videoHeight * scale));
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context?.drawImage(this.video, 0, 0, canvas.width, canvas.height);
    return context?.getImageData(0, 0, canvas.width, canvas.height) ?? null;
  }

  private draw(frame: ImageData): void {
    this.canvas.width = frame.width;
    this.canvas.height = frame.height;
    this.canvas.getContext("2d")?.putImageData(frame, 0, 0);
    this.canvas.hidden = false;
  }

  private adapt(seconds: number): void {
    if (seconds > SLOW && this.size > 0) this.size--;
    else if (seconds < FAST && this.size < SIZES.length - 1) this.size++;
  }
}

function nextFrame(): Promise<unknown> {
  return new Promise(requestAnimationFrame);
}
