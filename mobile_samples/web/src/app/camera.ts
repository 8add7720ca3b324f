/** The camera: what it shows goes into a video element, a picture comes as a file. */

import { UnfilterError } from "../unfilter";

export type Facing = "environment" | "user";

export class Camera {
  private constructor(
    private readonly stream: MediaStream,
    private readonly video: HTMLVideoElement,
    readonly facing: Facing,
    /** Whether there is another one to switch to. */
    readonly several: boolean,
  ) {}

  /** Starts a camera at its largest size; an UnfilterError says why there is none. */
  static async open(video: HTMLVideoElement, facing: Facing): Promise<Camera> {
    if (!navigator.mediaDevices) throw new UnfilterError("Cameras need a page from localhost or over https.");
    const wanted = { facingMode: facing, width: { ideal: 4096 }, height: { ideal: 2160 } };
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
    } catch (error) {
      const denied = error instanceof DOMException && error.name === "NotAllowedError";
      throw new UnfilterError(denied ? "This page may not use the camera." : "No camera was found.");
    }
    video.srcObject = stream;
    await video.play();
    const devices = await navigator.mediaDevices.enumerateDevices();
    return new Camera(stream, video, facing, devices.filter(({ kind }) => kind === "videoinput").length > 1);
  }

  stop(): void {
    for (const track of this.stream.getTracks()) track.stop();
    this.video.srcObject = null;
  }

  /** A picture at full size: the sensor's own JPEG where the browser gives it, otherwise a frame of the video as a PNG. */
  async capture(): Promise<File> {
    const name = `photo-${new Date().toISOString().slice(0, 19).replaceAll(/[T:]/g, "-")}`;
    const [track] = this.stream.getVideoTracks();
    if (track && "ImageCapture" in window) {
      const photo = await new ImageCapture(track).takePhoto().catch(() => null); // some cameras have video only
      if (photo) return new File([photo], `${name}.jpg`, { type: photo.type });
    }
    const canvas = new OffscreenCanvas(this.video.videoWidth, this.video.videoHeight);
    canvas.getContext("2d")?.drawImage(this.video, 0, 0);
    return new File([await canvas.convertToBlob({ type: "image/png" })], `${name}.png`, { type: "image/png" });
  }
}
