type Listener = (expired: boolean) => void;

const listeners = new Set<Listener>();
let expired = false;

/** Whether the server has said 401 to a page that was signed in; the dialog that asks again listens. */
export const sessionExpiry = {
  get: () => expired,
  set(value: boolean) {
    if (expired === value) return;
    expired = value;
    for (const listener of listeners) listener(value);
  },
  subscribe(listener: Listener) {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  },
};
