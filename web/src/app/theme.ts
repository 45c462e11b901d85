// Ant Design's tokens: compact, one calm blue, text dark enough to read for eight hours (WCAG AA on white).
import { theme, type ThemeConfig } from "antd";

export const appTheme: ThemeConfig = {
  algorithm: theme.compactAlgorithm,
  cssVar: true,
  hashed: false,
  token: {
    colorPrimary: "#2a5a94",
    colorLink: "#2a5a94",
    colorError: "#b42318",
    colorWarning: "#b54708",
    colorSuccess: "#18704a",
    colorText: "#1c2733",
    colorTextSecondary: "#455264",
    colorTextTertiary: "#566375",
    colorTextDescription: "#566375",
    colorTextPlaceholder: "#667383",
    colorBgLayout: "#f3f5f8",
    borderRadius: 4,
    fontSize: 16, // the compact algorithm goes one step down: controls have 14 pixels
    fontFamily:
      '-apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Helvetica Neue", Arial, sans-serif',
    motionDurationMid: "0.1s",
    motionDurationSlow: "0.15s",
  },
  components: {
    Tag: { defaultColor: "#33404f" },
    Segmented: { itemSelectedBg: "#2a5a94", itemSelectedColor: "#ffffff", itemColor: "#33404f", trackBg: "#e6eaf0" },
    Table: { headerBg: "#eef1f5", headerColor: "#33404f", cellPaddingBlockSM: 6 },
    Empty: { colorTextDescription: "#566375" } as never,
  },
};
