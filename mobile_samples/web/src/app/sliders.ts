/** A slider for each hyper-parameter of the filter. */

import { type HyperParameter, type Parameters, place, valueAt } from "../unfilter";
import { element } from "./element";

const box = element("parameters", HTMLElement);

/** Shows the sliders at their defaults; `changed` is called with all values whenever one moves. */
export function showSliders(hyperParameters: HyperParameter[], changed: (values: Parameters) => void): void {
  const values: Parameters = {};
  box.replaceChildren(
    ...hyperParameters.map((one) => {
      const output = document.createElement("output");
      const slider = document.createElement("input");
      Object.assign(slider, { type: "range", min: "0", max: "1", step: "0.01" });
      const move = (value: number) => {
        values[one.name] = value;
        output.textContent = value.toPrecision(3);
      };
      slider.addEventListener("input", () => {
        move(valueAt(one, Number(slider.value)));
        changed({ ...values });
      });
      slider.value = String(place(one, one.default));
      move(one.default);
      const label = document.createElement("label");
      label.append(one.name, slider, output);
      return label;
    }),
  );
  changed({ ...values });
}
