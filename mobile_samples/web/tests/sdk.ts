/** The Python SDK, where this machine has it. */

import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";

import { program, PROJECT } from "./paths";

export const NO_SDK = "no Python with the SDK: `pip install 'unfilter[onnx]'`, or name one in UNFILTER_PYTHON";

const python = process.env.UNFILTER_PYTHON ?? program("python3");
const env = { ...process.env, PYTHONPATH: ["sdk", "converters", "training"].map((name) => join(PROJECT, name)).join(":") };
const usable = python !== null && spawnSync(python, ["-c", "import unfilter, onnxruntime"], { env }).status === 0;

/** Runs `unfilter` with arguments; null where there is no SDK. */
export const sdk = usable ? (...given: string[]) => execFileSync(python, ["-m", "unfilter", ...given], { env, encoding: "utf8" }) : null;
