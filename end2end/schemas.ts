import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page, WebSocket } from "@playwright/test";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020";

// What JSON Schema calls a format is only a remark: here, how wide a number is.
const ajv = new Ajv2020({ validateFormats: false });

const fitsClient = compile("client-frame.json");
const fitsServer = compile("server-frame.json");

/** Holds each frame of a page's socket, in both directions, against the schemas of our protocol. */
export function holdAgainstSchemas(page: Page, complain: (complaint: string) => void): void {
  page.on("websocket", (socket: WebSocket) => {
    if (new URL(socket.url()).pathname !== "/ws") return;
    const judge = (fits: ValidateFunction, who: string) => (frame: { payload: string | Buffer }) => {
      const reason = misfit(fits, frame.payload);
      if (reason) complain(`The ${who} sent ${frame.payload}, which is no frame of ours: ${reason}`);
    };
    socket.on("framesent", judge(fitsClient, "page"));
    socket.on("framereceived", judge(fitsServer, "server"));
  });
}

/** Why a frame does not fit; nothing where it does. */
function misfit(fits: ValidateFunction, payload: string | Buffer): string | undefined {
  if (typeof payload !== "string") return "it is not text";
  try {
    return fits(JSON.parse(payload)) ? undefined : ajv.errorsText(fits.errors);
  } catch {
    return "it is not JSON";
  }
}

function compile(name: string): ValidateFunction {
  return ajv.compile(JSON.parse(readFileSync(join(__dirname, "../docs/schemas", name), "utf8")));
}
