// Chinese for the working screens of tickets: forms, files, documents, clocks, tables.
export const zhWork = {
  work: {
    noNature: "未定", notSaid: "未说明", callerKind: "诉求人类别", workUnit: "工作单位", address: "联系地址", tagsHint: "输入后按回车", banned: "该号码已暂停服务，至 {{until}} 止", repeats: "同一诉求人已反映 {{count}} 次，可能属于不合理重复诉求", repeatsHint: "登记后可以标记，由督查审核后才生效。",
    duplicate: { same_caller: "同一诉求人", same_matter: "同一事项" }, attachments: "附件", noAttachments: "没有附件", addFile: "添加附件", addEvidence: "添加佐证", dropHere: "或将文件拖到这里", fileLimits: "图片、文档、音频、视频，每个不超过 20 兆字节",
    fileFault: { type: "不支持这种文件", size: "超过 20 兆字节", empty: "文件是空的", count: "附件已满 50 个" }, uploading: "正在上传：{{name}}", dropFile: "移除：{{name}}", downloadFile: "下载：{{name}}", download: "下载", evidence: "佐证", fromCaller: "诉求人提供", fromCallerReleased: "诉求人提供，已放行", scanPending: "病毒检查中",
    infected: "含有病毒，不能下载", release: "放行给承办单位", releaseHint: "放行前请确认文件不会暴露举报人的身份。", takeBack: "撤回", documents: "文书", noDocuments: "没有文书", makeDocument: "制作文书", template: "文书种类", preview: "预览", previewTitle: "预览，共 {{count}} 页", make: "制作", made: "已制作：{{name}}", pages: "{{count}} 页",
    showsCaller: "含诉求人信息", fieldsInChinese: "文书为中文，以下各项请用中文填写。", related: "关联与并案", findAlike: "查找同类工单", member: "并入的工单", verify: "核对完整性", intact: "{{count}} 条记录完整无改动", broken: "第 {{from}} 至 {{to}} 条被改动或缺失", byStep: "各环节时限", script: { say: "说", ask: "问", check: "核对" }, level: "督办阶梯", fromLevel: "{{measure}}以上", paused: "已暂停", pausedCount: "暂停 {{count}}", provisional: "节假日未公布", due: "到期时间", noClocks: "没有符合条件的时限", clocks: "共 {{count}} 个时限", clocksMore: "已显示 {{count}} 个时限，向下滚动显示更多",
  },
  map: {
    title: "地图位置", at: "经度 {{longitude}}，纬度 {{latitude}}", open: "地图定位", close: "收起地图", show: "查看地图", longitude: "经度", latitude: "纬度", remove: "清除位置", none: "未定位", zoomIn: "放大", zoomOut: "缩小", noTiles: "底图暂时无法加载，可按经纬网定位。",
    hint: "点击地图或按方向键定位，按住上档键步幅加大，回车取中心，加减号缩放。", label: "地图，{{point}}。方向键移动位置，加减号缩放，回车取地图中心。", labelRead: "地图，{{point}}。方向键移动视野，加减号缩放。",
  },
  exchange: {
    send: "导入工单", choose: "选择表格", dryRun: "只检查，不登记", stop: "停止", limits: "逗号分隔表格最多一百万行，电子表格最多二十万行。每一行按登记的规则检查，有误的行进入退回表，改好后可以再次导入。", taken: "已接收：{{name}}", template: "模板", templateHint: "模板第一行是列名，第二行是示例。外部编号相同的行只登记一次。", templateName: "工单导入模板", csv: "逗号分隔表格", xlsx: "电子表格",
    list: "导入记录", none: "还没有导入过", file: "文件", state: "状态", rows: "行数", created: "已登记", repeated: "重复", refused: "退回", by: "导入人", time: "时间", mend: "退回的行", report: "下载", running: "正在导入", done: "已完成", checked: "已检查", failed: "失败", why: "{{name}}：{{why}}",
    fault: { table: "请选择逗号分隔表格或电子表格", size: "文件过大", empty: "文件是空的" }, export: "导出", exportHint: "按当前的筛选条件导出，最多五万件。导出的原因和条件会留下记录。", format: "格式", reason: "导出原因", exportName: "工单", exported: "已导出",
  },
};
