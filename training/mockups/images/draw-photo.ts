/** Subjects of the synthetic photographs. */
export const PHOTO_KINDS = ['mountains', 'sea', 'city', 'bokeh', 'dunes', 'forest', 'table', 'room'] as const;
export type PhotoKind = (typeof PHOTO_KINDS)[number];

/**
 * Draws an image with the statistics of a photograph (depth, haze, blur, grain), as a JPEG data URL. Runs inside the page, so it
 * cannot use module scope.
 */
export function drawPhoto({ kind, seed }: { kind: PhotoKind; seed: number }): string {
  const [w, h] = [640, 480];
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [w, h];
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('the browser gives no 2D canvas');
  const c = context;
  let state = seed;
  const rnd = (low = 0, high = 1) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return low + (state / 2 ** 32) * (high - low);
  };
  const hsl = (hue: number, s: number, l: number, a = 1) => `hsl(${hue} ${s}% ${l}% / ${a})`;
  const sky = (top: string, bottom: string, y0 = 0, y1 = h) => {
    const gradient = c.createLinearGradient(0, y0, 0, y1);
    gradient.addColorStop(0, top);
    gradient.addColorStop(1, bottom);
    c.fillStyle = gradient;
    c.fillRect(0, y0, w, y1 - y0);
  };
  const disc = (x: number, y: number, r: number, fill: string, squash = 1) => {
    c.fillStyle = fill;
    c.beginPath();
    c.ellipse(x, y, r, r * squash, 0, 0, 7);
    c.fill();
  };
  const ridge = (base: number, height: number, rough: number, fill: string) => {
    const waves = Array.from({ length: 6 }, (_, n) => [rnd(0, 6.3), rnd(0.6, 1.4) * (n + 1) * rough] as const);
    c.fillStyle = fill;
    c.beginPath();
    c.moveTo(0, h);
    for (let x = 0; x <= w; x += 2) {
      const sum = waves.reduce((y, [phase, rate], n) => y + Math.sin(phase + (x / w) * rate * 6.3) / (n + 1), 0);
      c.lineTo(x, base - (sum / 2) * height + rnd(-1, 1));
    }
    c.lineTo(w, h);
    c.fill();
  };
  const hue = rnd(0, 360);
  const draw: Record<PhotoKind, () => void> = {
    mountains: () => {
      const warm = rnd() < 0.5;
      sky(hsl(warm ? 230 : 205, 55, warm ? 38 : 52), hsl(warm ? 25 : 200, 75, 82));
      disc(rnd(80, 560), rnd(60, 200), rnd(16, 40), hsl(45, 90, 92, 0.9));
      for (let n = 0; n < 6; n++)
        ridge(200 + n * 48, 90 - n * 8, 1 + n * 0.3, hsl(215 - n * 14, 18 + n * 6, 66 - n * 10));
    },
    sea: () => {
      sky(hsl(rnd(190, 260), 60, 45), hsl(rnd(10, 50), 85, 78), 0, 270);
      const x = rnd(120, 520);
      disc(x, 235, rnd(24, 48), hsl(48, 100, 90));
      sky(hsl(205, 50, 48), hsl(210, 60, 20), 262, h);
      for (let n = 0; n < 500; n++) {
        const y = 265 + rnd() ** 2 * 215;
        c.fillStyle = hsl(45, 80, 88, rnd(0.05, 0.4) * Math.exp(-Math.abs(rnd(-2, 2))));
        c.fillRect(rnd() < 0.5 ? x + rnd(-60, 60) : rnd(0, w), y, rnd(6, 50), 1 + (y - 265) / 90);
      }
    },
    city: () => {
      sky(hsl(hue, 40, 14), hsl(hue + 30, 60, 45));
      for (let layer = 0; layer < 4; layer++) {
        for (let x = -20; x < w; ) {
          const [bw, bh] = [rnd(30, 80), rnd(80, 300) - layer * 35];
          c.fillStyle = hsl(hue, 20, 34 - layer * 8);
          c.fillRect(x, h - bh - 30, bw, bh + 30);
          for (let wx = x + 5; wx < x + bw - 6; wx += 9)
            for (let wy = h - bh - 22; wy < h; wy += 12)
              if (rnd() < 0.4) {
                c.fillStyle = hsl(rnd(35, 55), 90, 70, rnd(0.3, 0.9));
                c.fillRect(wx, wy, 4, 6);
              }
          x += bw + rnd(0, 24);
        }
      }
    },
    bokeh: () => {
      sky(hsl(hue, 50, 16), hsl(hue + 60, 55, 30));
      c.filter = 'blur(3px)';
      for (let n = 0; n < 70; n++)
        disc(rnd(0, w), rnd(0, h), rnd(8, 60), hsl(hue + rnd(-70, 70), 85, 65, rnd(0.08, 0.4)));
    },
    dunes: () => {
      sky(hsl(205, 60, 58), hsl(30, 70, 88));
      for (let n = 0; n < 5; n++) ridge(230 + n * 60, 60, 0.6, hsl(28 - n * 2, 60, 72 - n * 11));
    },
    forest: () => {
      sky(hsl(190, 30, 78), hsl(90, 25, 60));
      for (let layer = 0; layer < 5; layer++)
        for (let n = 0; n < 26; n++) {
          const [x, y, s] = [rnd(-20, w + 20), 250 + layer * 55, rnd(60, 150) + layer * 22];
          c.fillStyle = hsl(120 + rnd(-25, 20), 30, 48 - layer * 9);
          for (let t = 0; t < 3; t++) {
            c.beginPath();
            c.moveTo(x, y - s + t * s * 0.22);
            c.lineTo(x - s * (0.14 + t * 0.08), y - s * 0.5 + t * s * 0.25);
            c.lineTo(x + s * (0.14 + t * 0.08), y - s * 0.5 + t * s * 0.25);
            c.fill();
          }
          c.fillRect(x - 3, y - s * 0.1, 6, s * 0.4);
        }
    },
    table: () => {
      sky(hsl(rnd(15, 40), 35, 55), hsl(rnd(15, 40), 40, 34));
      for (let y = 0; y < h; y += 3) {
        c.fillStyle = hsl(25, 40, rnd(20, 60), 0.12);
        c.fillRect(0, y, w, 2);
      }
      for (let n = 0; n < 4; n++) {
        const [x, y, r] = [rnd(80, 560), rnd(80, 400), rnd(70, 140)];
        disc(x + 6, y + 10, r, hsl(0, 0, 0, 0.35));
        disc(x, y, r, hsl(40, 10, 95));
        disc(x, y, r * 0.82, hsl(40, 8, 86));
        for (let k = 0; k < 26; k++) {
          const [a, d] = [rnd(0, 6.3), rnd(0, r * 0.65)];
          disc(x + Math.cos(a) * d, y + Math.sin(a) * d, rnd(8, 24), hsl(rnd(-10, 120), 70, rnd(35, 65)), rnd(0.6, 1));
        }
      }
    },
    room: () => {
      sky(hsl(hue, 22, 84), hsl(hue, 20, 70));
      sky(hsl(30, 35, 52), hsl(28, 38, 36), 360, h);
      sky(hsl(200, 70, 85), hsl(190, 60, 94), 50, 220);
      c.fillStyle = hsl(hue, 22, 80);
      c.fillRect(0, 50, rnd(60, 200), 172);
      c.fillRect(rnd(360, 480), 50, 400, 172);
      disc(rnd(420, 560), rnd(100, 160), rnd(25, 45), hsl(hue + 180, 60, 60));
      c.fillStyle = hsl(hue + 150, 40, 42);
      c.beginPath();
      c.roundRect(rnd(40, 140), 270, 330, 90, 22);
      c.roundRect(rnd(60, 150), 330, 360, 74, 18);
      c.fill();
      for (let n = 0; n < 14; n++)
        disc(rnd(520, 600), rnd(230, 370), rnd(12, 34), hsl(rnd(90, 150), 40, rnd(24, 42)), 0.5);
    },
  };
  draw[kind]();
  c.filter = 'none';
  const light = c.createRadialGradient(w / 2, h / 2, 120, w / 2, h / 2, 430);
  light.addColorStop(0, 'rgb(255 240 220 / 0.10)');
  light.addColorStop(1, 'rgb(0 0 20 / 0.42)');
  c.fillStyle = light;
  c.fillRect(0, 0, w, h);
  const pixels = c.getImageData(0, 0, w, h);
  for (let n = 0; n < pixels.data.length; n += 4) {
    const grain = rnd(-11, 11);
    for (let k = 0; k < 3; k++) pixels.data[n + k] = (pixels.data[n + k] ?? 0) + grain;
  }
  c.putImageData(pixels, 0, 0);
  return canvas.toDataURL('image/jpeg', 0.86);
}
