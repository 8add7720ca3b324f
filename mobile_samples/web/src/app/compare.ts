/** Two pictures on top of each other, parted by a line that a finger, the mouse or the arrow keys move. */

import { element } from "./element";

export interface Side {
  label: string;
  file: Blob;
}

export class Compare {
  private readonly box = element("compare", HTMLElement);
  private readonly slider = element("slider", HTMLInputElement);
  private readonly images = [element("before", HTMLImageElement), element("after", HTMLImageElement)] as const;
  private readonly labels = [element("before-label", HTMLElement), element("after-label", HTMLElement)] as const;

  constructor() {
    this.slider.addEventListener("input", () => this.part(Number(this.slider.value)));
  }

  async show(before: Side, after: Side): Promise<void> {
    for (const [index, side] of [before, after].entries()) {
      const image = this.images[index]!;
      URL.revokeObjectURL(image.src);
      image.src = URL.createObjectURL(side.file);
      image.alt = this.labels[index]!.textContent = side.label;
    }
    this.slider.setAttribute("aria-label", `${before.label} to the left of the line, ${after.label} to the right`);
    await Promise.all(this.images.map((image) => image.decode()));
    const [, { naturalWidth, naturalHeight }] = this.images; // a file that arrived may be turned, or within bars
    this.box.style.setProperty("--ratio", String(naturalWidth / naturalHeight));
    this.part(50);
  }

  private part(percent: number): void {
    this.slider.value = String(percent);
    this.slider.setAttribute("aria-valuetext", `${Math.round(percent)} %`);
    this.box.style.setProperty("--part", `${percent}%`);
  }
}
