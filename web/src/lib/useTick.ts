import { useSyncExternalStore } from "react";
import { subscribeTick, tick } from "./clock";

// Renders the caller again each second.
export function useTick(): number {
  return useSyncExternalStore(subscribeTick, tick.get);
}
