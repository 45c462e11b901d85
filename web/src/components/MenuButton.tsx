// A button that opens a short list of further buttons.
import { Button, Popover } from "antd";
import { type ReactNode, useState } from "react";

export interface MenuItem {
  key: string;
  label: ReactNode;
  disabled?: boolean;
  onClick: () => void;
}

export function MenuButton({ label, icon, children, items, note, type }: { label?: string; icon?: ReactNode; children?: ReactNode; items: MenuItem[]; note?: ReactNode; type?: "text" | "default" }) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      open={open}
      onOpenChange={setOpen}
      content={
        <div className="menu">
          {note && <p className="quiet">{note}</p>}
          {items.map((item) => (
            <Button
              key={item.key}
              type="text"
              block
              disabled={item.disabled ?? false}
              onClick={() => {
                setOpen(false);
                item.onClick();
              }}
            >
              {item.label}
            </Button>
          ))}
        </div>
      }
    >
      <Button size="small" type={type ?? "default"} icon={icon} aria-label={label} aria-haspopup="true" aria-expanded={open}>
        {children}
      </Button>
    </Popover>
  );
}
