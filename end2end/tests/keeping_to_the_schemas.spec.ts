import { EventEmitter } from "node:events";
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { holdAgainstSchemas } from "../schemas";

/** Speaks over a page's socket that is none, and gives what there was to complain about. */
function complaintsAbout(event: "framesent" | "framereceived", payload: string | Buffer, path = "/ws"): string[] {
  const complaints: string[] = [];
  const page = new EventEmitter();
  const socket = Object.assign(new EventEmitter(), { url: () => `ws://127.0.0.1:3000${path}` });
  holdAgainstSchemas(page as unknown as Page, (complaint) => complaints.push(complaint));
  page.emit("websocket", socket);
  socket.emit(event, { payload });
  return complaints;
}

test("frames of the protocol pass", () => {
  expect(complaintsAbout("framesent", '{"probe":{}}')).toEqual([]);
  expect(complaintsAbout("framereceived", '{"restart":{"spread":5000,"later":1}}')).toEqual([]);
});

test("a page that says what no schema knows does not go unnoticed", () => {
  expect(complaintsAbout("framesent", '{"heartbeat":{}}')).toHaveLength(1);
  expect(complaintsAbout("framesent", '{"hello":{}}')).toHaveLength(1);
  expect(complaintsAbout("framesent", "probe")).toHaveLength(1);
  expect(complaintsAbout("framesent", Buffer.from("{}"))).toHaveLength(1);
  expect(complaintsAbout("framereceived", '{"probe":{}}')).toHaveLength(1);
});

test("other sockets say what they like", () => {
  expect(complaintsAbout("framesent", "reload", "/live_reload")).toEqual([]);
});
