/** The Python SDK, where this machine has it, to make goldens and to restore what the app saved. */

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { Goldens } from "./goldens";
import { BUILD, program, PROJECT } from "./paths";

export const NO_SDK = "no Python with the SDK: `pip install 'unfilter[onnx]'`, or name one in UNFILTER_PYTHON";

const python = process.env.UNFILTER_PYTHON ?? program("python3");
const env = { ...process.env, PYTHONPATH: ["sdk", "converters", "training"].map((name) => join(PROJECT, name)).join(":") };
const usable = python !== null && spawnSync(python, ["-c", "import unfilter, onnxruntime"], { env }).status === 0;

/** Runs `unfilter` with arguments; null where there is no SDK. */
export const sdk = usable ? (...given: string[]) => execFileSync(python, ["-m", "unfilter", ...given], { env, encoding: "utf8" }) : null;

/** Goldens of a bundle, made once. */
export function goldensOf(bundle: string): Goldens {
  const folder = join(BUILD, "goldens");
  mkdirSync(BUILD, { recursive: true });
  if (!existsSync(folder)) sdk!("goldens", bundle, folder, "--runtime", "onnx");
  return new Goldens(folder);
}
