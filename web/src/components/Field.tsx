// A labelled control with its fault beneath: what screen readers need is wired in one place.
import { type ReactNode, useId } from "react";

export interface ControlProps {
  id: string;
  status: "error" | undefined;
  "aria-invalid": boolean;
  "aria-describedby": string | undefined;
}

export function Field({
  label,
  error,
  required,
  hint,
  children,
  className,
}: {
  label: ReactNode;
  error?: string | undefined;
  required?: boolean;
  hint?: ReactNode;
  className?: string;
  children: (control: ControlProps) => ReactNode;
}) {
  const id = useId();
  return (
    <div className={`field ${className ?? ""}`}>
      {label !== "" && (
        <label htmlFor={id}>
          {label}
          {required && <span className="required" aria-hidden="true">*</span>}
          {hint && <span className="hint">{hint}</span>}
        </label>
      )}
      {children({
        id,
        status: error ? "error" : undefined,
        "aria-invalid": !!error,
        "aria-describedby": error ? `${id}-error` : undefined,
      })}
      {error && (
        <div className="field-error" id={`${id}-error`} role="alert">
          {error}
        </div>
      )}
    </div>
  );
}

export function Kbd({ keys }: { keys: string }) {
  return <kbd className="kbd">{keys}</kbd>;
}
