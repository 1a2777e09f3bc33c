"use strict";
// A ball-and-stick view on a canvas: drag or arrow keys turn, wheel, pinch or + and - zoom.
// The functions above `Viewer` are pure, so that they can be tested without a browser.

const RADIUS = { H: 0.25, C: 0.38, N: 0.37, O: 0.36, F: 0.34 }; // drawn balls, angstrom
const COLOUR = {
  H: [236, 236, 236], C: [110, 114, 120], N: [72, 104, 232], O: [226, 58, 48],
  F: [92, 190, 92], S: [226, 192, 60], P: [236, 140, 44], Cl: [62, 176, 84], Br: [150, 66, 40],
};
const OTHER = [196, 120, 190];
const STICK = 0.11; // half width of a single bond, angstrom
const EYE = 22; // distance of the eye, in units of the molecule's own radius it never falls below

const identity = () => [1, 0, 0, 0, 1, 0, 0, 0, 1];

function multiply(a, b) {
  const product = [];
  for (let row = 0; row < 3; row++)
    for (let column = 0; column < 3; column++)
      product.push(a[3 * row] * b[column] + a[3 * row + 1] * b[3 + column]
        + a[3 * row + 2] * b[6 + column]);
  return product;
}

// Turn by `dx` about the vertical and `dy` about the horizontal axis of the screen, in radians.
function turn(dx, dy) {
  const [c, s, d, t] = [Math.cos(dx), Math.sin(dx), Math.cos(dy), Math.sin(dy)];
  return multiply([1, 0, 0, 0, d, -t, 0, t, d], [c, 0, s, 0, 1, 0, -s, 0, c]);
}

function rotate(m, [x, y, z]) {
  return [
    m[0] * x + m[1] * y + m[2] * z,
    m[3] * x + m[4] * y + m[5] * z,
    m[6] * x + m[7] * y + m[8] * z,
  ];
}

// The points about their centre, and the radius of the ball that holds them.
function centred(points) {
  if (!points.length) return { points: [], radius: 1 };
  const low = [0, 1, 2].map((k) => Math.min(...points.map((p) => p[k])));
  const high = [0, 1, 2].map((k) => Math.max(...points.map((p) => p[k])));
  const moved = points.map((p) => p.map((v, k) => v - (low[k] + high[k]) / 2));
  return { points: moved, radius: Math.max(1, ...moved.map((p) => Math.hypot(...p))) + 0.6 };
}

// Place on the screen, scale there (pixels for an angstrom) and depth, towards the eye.
function project(m, point, { width, height, radius, zoom }) {
  const [x, y, z] = rotate(m, point);
  const eye = Math.max(EYE, 3 * radius);
  const scale = (zoom * 0.48 * Math.min(width, height) * eye) / radius / (eye - z);
  return { x: width / 2 + scale * x, y: height / 2 - scale * y, scale, depth: z };
}

const shade = (rgb, f) => `rgb(${rgb.map((v) => Math.round(Math.min(255, v * f))).join(",")})`;
const colourOf = (symbol) => COLOUR[symbol] || OTHER;
const radiusOf = (symbol) => RADIUS[symbol] || 0.42;

class Viewer {
  constructor(canvas, caption) {
    Object.assign(this, { canvas, caption, matrix: identity(), zoom: 1, pointers: new Map() });
    this.scene = { symbols: [], positions: [], bonds: [], unstable: [], title: "", hidden: 0 };
    this.ball = centred([]);
    this.listen();
  }

  show(scene) {
    this.scene = scene;
    this.ball = centred(scene.positions);
    this.matrix = turn(0.5, 0.35);
    this.zoom = 1;
    const hidden = scene.hidden ? ` (${scene.hidden} atoms not drawn)` : "";
    this.caption.textContent = scene.title + hidden;
    this.canvas.setAttribute("aria-label", `Three-dimensional view of ${scene.title}`);
    this.draw();
  }

  turnBy(dx, dy) {
    this.matrix = multiply(turn(dx, dy), this.matrix);
    this.draw();
  }

  zoomBy(factor) {
    this.zoom = Math.min(8, Math.max(0.3, this.zoom * factor));
    this.draw();
  }

  draw() {
    const { canvas } = this;
    const density = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    canvas.width = Math.round(width * density);
    canvas.height = Math.round(height * density);
    const pen = canvas.getContext("2d");
    pen.scale(density, density);
    pen.lineCap = "round";
    const view = { width, height, radius: this.ball.radius, zoom: this.zoom };
    const places = this.ball.points.map((point) => project(this.matrix, point, view));
    const unstable = new Set(this.scene.unstable);
    const atoms = places.map((at, i) => ({
      depth: at.depth, paint: () => this.atom(pen, at, this.scene.symbols[i], unstable.has(i)),
    }));
    const sticks = this.scene.bonds.map(([i, j, order]) => ({
      depth: (places[i].depth + places[j].depth) / 2 - 0.05,
      paint: () => this.stick(pen, [places[i], places[j]], [i, j], order),
    }));
    [...atoms, ...sticks].sort((a, b) => a.depth - b.depth).forEach((item) => item.paint());
  }

  atom(pen, at, symbol, unstable) {
    const radius = radiusOf(symbol) * at.scale;
    const colour = colourOf(symbol);
    const light = pen.createRadialGradient(
      at.x - radius * 0.35, at.y - radius * 0.4, radius * 0.05, at.x, at.y, radius);
    light.addColorStop(0, shade(colour, 1.7));
    light.addColorStop(0.5, shade(colour, 1));
    light.addColorStop(1, shade(colour, 0.55));
    pen.beginPath();
    pen.arc(at.x, at.y, radius, 0, 2 * Math.PI);
    pen.fillStyle = light;
    pen.fill();
    if (!unstable) return;
    pen.beginPath();
    pen.arc(at.x, at.y, radius + 3, 0, 2 * Math.PI);
    pen.lineWidth = 2.5;
    pen.strokeStyle = "rgb(226,74,58)";
    pen.stroke();
  }

  // Each half of a bond has the colour of its atom; a bond of order two or three is as many lines.
  stick(pen, [a, b], ends, order) {
    const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
    const scale = (a.scale + b.scale) / 2;
    const [sideX, sideY] = [-(b.y - a.y) / length, (b.x - a.x) / length];
    const [halfX, halfY] = [(a.x + b.x) / 2, (a.y + b.y) / 2];
    pen.lineWidth = (2 * STICK * scale) / (order === 1 ? 1 : 1.7);
    for (let line = 0; line < order; line++) {
      const off = (line - (order - 1) / 2) * STICK * 1.9 * scale;
      [a, b].forEach((end, k) => {
        pen.beginPath();
        pen.moveTo(end.x + off * sideX, end.y + off * sideY);
        pen.lineTo(halfX + off * sideX, halfY + off * sideY);
        pen.strokeStyle = shade(colourOf(this.scene.symbols[ends[k]]), 0.85);
        pen.stroke();
      });
    }
  }

  listen() {
    const { canvas, pointers } = this;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, [event.clientX, event.clientY]);
    });
    canvas.addEventListener("pointermove", (event) => this.moved(event));
    for (const name of ["pointerup", "pointercancel"])
      canvas.addEventListener(name, (event) => pointers.delete(event.pointerId));
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoomBy(Math.exp(-event.deltaY / 600));
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => this.key(event));
    window.addEventListener("resize", () => this.draw());
  }

  moved(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = [event.clientX, event.clientY];
    const other = [...this.pointers].find(([id]) => id !== event.pointerId);
    this.pointers.set(event.pointerId, now);
    if (!other) return void this.turnBy((now[0] - before[0]) / 110, (now[1] - before[1]) / 110);
    const apart = (p) => Math.hypot(p[0] - other[1][0], p[1] - other[1][1]) || 1;
    this.zoomBy(apart(now) / apart(before));
  }

  key(event) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const step = steps[event.key];
    if (step) this.turnBy(step[0] * 0.15, step[1] * 0.15);
    else if (event.key === "+" || event.key === "=") this.zoomBy(1.15);
    else if (event.key === "-") this.zoomBy(1 / 1.15);
    else return;
    event.preventDefault();
  }
}

if (typeof module !== "undefined")
  module.exports = { centred, identity, multiply, project, rotate, turn };
