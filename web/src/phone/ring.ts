// The ring tone, made by the browser: 450 Hz, one second on, four seconds off.
const TONE_HZ = 450;
const LEVEL = 0.12;
const ON_S = 1;
const CYCLE_MS = 5000;

let context: AudioContext | null = null;
let timer: ReturnType<typeof setInterval> | undefined;

function burst(): void {
  if (!context) return;
  const start = context.currentTime + 0.02;
  const tone = context.createOscillator();
  const gain = context.createGain();
  tone.frequency.value = TONE_HZ;
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(LEVEL, start + 0.02);
  gain.gain.setValueAtTime(LEVEL, start + ON_S - 0.02);
  gain.gain.linearRampToValueAtTime(0, start + ON_S);
  tone.connect(gain).connect(context.destination);
  tone.start(start);
  tone.stop(start + ON_S);
}

export function startRinging(): void {
  if (timer) return;
  context ??= new AudioContext();
  void context.resume();
  burst();
  timer = setInterval(burst, CYCLE_MS);
}

export function stopRinging(): void {
  clearInterval(timer);
  timer = undefined;
}
