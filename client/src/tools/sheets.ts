/** The game's painted sprites as plain canvases, for pages without Phaser. */
import type Phaser from 'phaser';
import { createTextures, DIRECTIONS, directionFrame } from '../render/textures';

interface Sheet {
  readonly canvas: HTMLCanvasElement;
  readonly frames: Map<number, { readonly x: number; readonly y: number; readonly width: number; readonly height: number }>;
}

/** Stands where Phaser's texture manager does: the painters ask for canvases, and name frames. Each is painted once. */
class Canvases {
  readonly sheets = new Map<string, Sheet>();

  exists(): boolean {
    return false;
  }

  createCanvas(key: string, width: number, height: number): object {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const frames: Sheet['frames'] = new Map();
    this.sheets.set(key, { canvas, frames });
    return {
      context: canvas.getContext('2d')!,
      refresh: () => {},
      // Its whole frame, on which hints for Phaser's renderer are put.
      get: () => ({}),
      has: (frame: string) => frames.has(Number(frame)),
      add: (frame: number, _source: number, x: number, y: number, w: number, h: number) => {
        frames.set(frame, { x, y, width: w, height: h });
      },
    };
  }
}

export class Sheets {
  private readonly canvases = new Canvases();

  constructor() {
    createTextures(this.canvases as unknown as Phaser.Textures.TextureManager);
  }

  /** Centred at a place. @param rotation radians; sprites with frames are painted for each direction */
  draw(to: CanvasRenderingContext2D, key: string, x: number, y: number, rotation = 0, directions = DIRECTIONS): void {
    const sheet = this.canvases.sheets.get(key);
    if (!sheet) return;
    const frame = sheet.frames.get(directionFrame(rotation, directions));
    const { width, height } = frame ?? sheet.canvas;
    const [left, top] = [Math.round(x - width / 2), Math.round(y - height / 2)];
    to.drawImage(sheet.canvas, frame?.x ?? 0, frame?.y ?? 0, width, height, left, top, width, height);
  }
}
