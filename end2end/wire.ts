import type { Page, WebSocketRoute } from "@playwright/test";

/** What a test does to the frames that leave a page. */
export type Line = {
  /** Frames with this command wait. */
  holdBack(command: string): void;
  /** Frames with this command are refused on the way. */
  refuse(command: string, code: number, message: string): void;
  /** What waited goes on, and everything after it. */
  letGo(): void;
};

/** Stands between a page and its server, before the page is opened. */
export async function hold(page: Page): Promise<Line> {
  let onTheWay: (frame: string, pass: () => void, socket: WebSocketRoute) => void = (_, pass) => pass();
  let waiting: (() => void)[] = [];

  await page.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((frame) => onTheWay(String(frame), () => server.send(frame), socket));
  });

  return {
    holdBack(command) {
      onTheWay = (frame, pass) => (isCommand(frame, command) ? waiting.push(pass) : pass());
    },
    refuse(command, code, message) {
      onTheWay = (frame, pass, socket) => {
        if (!isCommand(frame, command)) return pass();
        const { ref } = JSON.parse(frame).request;
        socket.send(JSON.stringify({ reply: { ref, refused: { code, status: 403, message, temporary: false } } }));
      };
    },
    letGo() {
      onTheWay = (_, pass) => pass();
      waiting.forEach((pass) => pass());
      waiting = [];
    },
  };
}

function isCommand(frame: string, command: string): boolean {
  return frame.includes(`"command":{"${command}"`);
}
