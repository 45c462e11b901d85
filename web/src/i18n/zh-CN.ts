// Chinese: the terms of the trade as people in hotlines use them.
import { zhCodes } from "./zh-CN.codes";
import type { zhConfiguration } from "./zh-CN.configuration";
import { zhLife } from "./zh-CN.life";

const texts = {
  app: { name: "12345 政务服务便民热线" },
  common: {
    retry: "重试", close: "关闭", loading: "加载中", empty: "暂无内容", back: "返回", actions: "操作", select: "选择", selectAll: "全选",
    selectRow: "选择：{{name}}", save: "保存", edit: "编辑", comma: "、", colon: "：", typeToSearch: "输入文字搜索", nothingFound: "没有找到",
  },
  nav: {
    label: "主导航", skip: "跳到内容", desk: "坐席工作台", sorting: "派单台", supervision: "督办台", callbacks: "回访台", inbox: "承办收件箱", entry: "录入", exchange: "导入", tickets: "工单", lead: "班长席", wallboard: "大屏",
    figures: "统计", knowledge: "知识库", configuration: "配置", admin: "管理",
  },
  signIn: {
    lead: "请使用分配给您的账号登录", userName: "用户名", password: "密码", submit: "登录", out: "退出登录",
  },
  search: {
    open: "搜索", title: "全局搜索", placeholder: "工单号、电话、标题、知识、单位", found: "搜索结果",
    group: { tickets: "工单", articles: "知识", units: "单位" },
  },
  notices: { title: "消息", open: "消息，{{count}} 条未读", empty: "打开页面以来没有新消息" },
  shortcut: {
    title: "键盘快捷键", answer: "接听", hangUp: "挂断或拒接", hold: "保持或恢复通话", mute: "静音或取消静音", toRating: "转满意度评价",
    nextState: "切换示闲与示忙", search: "全局搜索", save: "保存或提交", saveAndAnswer: "直接答复并办结", saveAndDispatch: "受理并派单", saveForLater: "记录待答", nextUnit: "选下一个建议单位", map: "打开或收起地图", jump: "跳到页面的各部分", help: "显示本页",
  },
  link: { lost: "与服务器的连接已断开，{{seconds}} 秒后重试。已输入的内容保存在本机。", connecting: "正在重新连接服务器……", retryNow: "立即重试" },
  problem: {
    unreachable: "无法连接服务器，请稍后重试", badRequest: "提交的内容有误", forbidden: "您没有权限进行此操作", notFound: "没有找到，或您无权查看",
    conflict: "与当前状态冲突，请核对最新内容后再试", tooMany: "操作过于频繁，请稍后再试", other: "服务器出现问题（{{status}}），请稍后重试", screenBroke: "页面出错了，电话不受影响",
  },
  fault: { required: "此项必填", tooLong: "内容过长", badPhone: "应为 3 到 20 位数字，可以加号开头", badNumber: "应为数字", badLongitude: "经度应为 -180 到 180 的数字，与纬度一起填写", badLatitude: "纬度应为 -90 到 90 的数字，与经度一起填写", tooMany: "最多 10 个", badTime: "不能晚于现在", consultationOnly: "只有咨询可以直接答复办结" },
  light: { none: "无时限", green: "时限内", yellow: "即将到期", red: "已超期" },
  time: { left: "剩余 {{span}}", late: "超期 {{span}}", none: "无时限", days: "{{a}} 天 {{b}} 小时", hours: "{{a}} 小时 {{b}} 分", minutes: "{{a}} 分 {{b}} 秒", seconds: "{{a}} 秒" },
  agent: {
    group: "坐席状态", signIn: "签入", signOut: "签出", setReady: "示闲", setNotReadyShort: "示忙", setNotReady: "示忙：{{reason}}", more: "更多状态",
    afterCall: "话后：{{state}}", state: "状态", since: "时长", name: "姓名", employeeNumber: "工号", line: "话机", lineUp: "在线", lineDown: "离线", skills: "技能",
    reason: { break: "小休", meal: "用餐", training: "培训", meeting: "会议", other: "其他", no_answer: "未应答", forced: "班长强制", line_lost: "话机断开", signed_in: "刚签入" },
  },
  phone: {
    group: "电话", number: "电话号码", dial: "拨号", keypad: "按键", answer: "接听", reject: "拒接", hangUp: "挂断", hold: "保持", resume: "恢复", mute: "静音", unmute: "取消静音",
    toRating: "转评价", unknownNumber: "未知号码", idle: "话机就绪", connecting: "话机连接中", refused: "电话操作未能完成", ended: "上一通：{{reason}}",
    line: { off: "未签入", attaching: "话机连接中", up: "话机就绪", down: "电话服务不可用", elsewhere: "话机在另一个页面" },
    quality: { good: "通话质量好", fair: "通话质量一般", poor: "通话质量差", unknown: "" },
    end: { hangup: "已挂断", remote_hangup: "对方挂断", no_answer: "无人接听", busy: "对方忙", failed: "呼叫失败", cancelled: "已取消", to_rating: "已转评价", other: "已结束" },
    bannerDown: "电话服务暂不可用，正在自动恢复。", bannerElsewhere: "电话正在另一个页面使用，本页面不接听来电。", takeOver: "在本页面使用电话",
    micDenied: "浏览器未允许使用麦克风，对方将听不到您的声音。", micMissing: "没有找到麦克风，对方将听不到您的声音。",
  },
  ticket: {
    what: "什么事", where: "在哪里", who: "诉求人", type: "类型", title: "标题", content: "诉求内容", category: "事项分类", area: "区域", place: "地点", party: "被诉对象",
    callerName: "姓名", callerPhone: "联系电话", anonymous: "匿名", confidential: "保密", urgency: "紧急程度", answer: "答复", unit: "承办单位", nature: "事项性质", occurTime: "发生时间", parties: "涉及人员", answerLater: "稍后答复", more: "更多项目", channel: "来源渠道",
    number: "工单号", acceptanceNumber: "受理号", state: "状态", created: "登记时间", closed: "办结时间", timeLeft: "时限", tags: "标签", rework: "重办次数", outcome: "回访结果",
    linked: "关联工单", process: "办理进程", summary: "工单内容", noName: "未留姓名", reveal: "显示完整信息", revealReason: "办理工单需要联系诉求人", history: "办理过程",
    notices: "待发通知", noNotices: "没有待发通知", recordings: "录音",
  },
  process: { accepted: "受理", dispatched: "派单", signed: "签收", handled: "办理", replied: "答复", reviewed: "审核", callback: "回访", closed: "办结", archived: "归档" },
  recording: { none: "没有录音", play: "播放录音", message: "留言", call: "通话" },
  caller: { firstTime: "该号码没有来电记录", counts: "未办结 {{open}} 件，共 {{total}} 件", waiting: "来电时自动显示历史工单" },
  desk: {
    caller: "来电人", noCaller: "等待来电", dialled: "拨打号码", parked: "未保存的草稿", script: "引导话术", scriptDefault: "您好，这里是 12345 热线，请问有什么可以帮您？",
    form: "工单登记", knowledge: "知识库", duplicates: "可能重复的工单", answerHint: "填写后可直接答复办结，或从右侧插入", proposals: "建议派往", register: "受理登记",
    answerAndClose: "答复并办结", registerAndDispatch: "受理并派单", clear: "清空",
  },
  rule: { catalogue: "派单目录", area: "属地", tags: "职责标签", earlier: "以往同类" },
  saved: {
    title: "已受理", acceptanceNumber: "受理号", pin: "查询密码", openTicket: "打开工单", next: "下一件", whereTo: "建议派往", noSuggestion: "没有建议单位", dispatchTo: "派往{{unit}}",
  },
  tickets: {
    filters: "筛选", query: "工单号、电话或文字", light: "亮灯", newest: "最新", byTimeLeft: "按剩余时限", order: "排序", clearFilters: "清除筛选", empty: "没有符合条件的工单",
    count: "共 {{count}} 件", countMore: "已显示 {{count}} 件，向下滚动显示更多",
  },
  inbox: {
    sign: "签收（{{count}}）", signed: "已签收 {{count}} 件", notSigned: "{{count}} 件未能签收：{{why}}",
  },
  entry: { form: "录入表单", writeDown: "整理录音", newTicket: "新建工单", waiting: "待整理", empty: "没有待整理的录音", amended: "已整理", note: "录音整理" },
  callback: {
    dial: "拨打回访电话", noNumber: "没有可拨打的号码", noLine: "签入坐席后才能拨打电话", solved: "问题是否解决", yes: "已解决", no: "未解决", satisfied: "是否满意", note: "诉求人意见", done: "完成回访", notReached: "未接通",
    revealReason: "回访", result: "对办理结果", attitude: "对服务态度", keysSolved: "按 1 或 2", keysSatisfied: "按 1 至 5",
  },
  knowledge: {
    insert: "插入答复", searchHere: "搜索知识库", followsTyping: "输入标题和内容时，相关知识会显示在这里", noneFits: "没有相关的知识", until: "有效至 {{time}}", search: "搜索知识", shelf: "状态",
    shelfEmpty: "这里还没有文章", version: "第 {{version}} 版", public: "对外公开", new: "新建文章", edit: "编辑文章", submit: "提交审核", publish: "审核通过并发布", sendBack: "退回修改", reviewNote: "审核意见（退回时必填）",
    retire: "停用", retireReason: "停用原因", title: "标题", kind: "种类", kinds: { policy: "政策", procedure: "办事流程", duty: "部门职责", contact: "联系方式", guide: "指南", question: "常见问题" },
    answer: "答复口径", answerHint: "坐席直接念给来电人的话", body: "正文", bodyHint: "可用标题、列表、表格和粗体", keywords: "关键词", expires: "有效期至", saveDraft: "保存草稿", preview: "预览",
  },
  lead: {
    agents: "坐席", noAgents: "没有签入的坐席", force: "强制状态", forceTitle: "强制改变状态：{{name}}", reason: "原因", queues: "队列", queue: "队列", noQueues: "没有队列", waiting: "等待", longest: "最长等待",
    ready: "空闲", busy: "忙", notReady: "示忙", calls: "当前通话", noCalls: "当前没有通话", direction: "方向", dir: { inbound: "呼入", outbound: "呼出" }, number: "号码", agent: "坐席", phase: "阶段",
    talking: "通话中", inQueue: "排队中", inMenu: "自动服务", trunks: "中继", up: "正常", down: "中断",
  },
  wallboard: {
    title: "12345 热线运行大屏", stale: "数据已停止更新：{{time}}", callsNow: "当前通话", waiting: "排队等待", connectRate: "24 小时接通率", in15s: "15 秒接听率", target: "目标 {{rate}}", overdue: "超期工单",
    offered: "今日来电", connected: "接通", abandoned: "放弃", messages: "留言", created: "今日工单", open: "在办", closed: "今日办结", onTime: "按时率", solved: "解决率", satisfied: "满意率",
    agents: "坐席 {{count}} 人", state: { talking: "通话", reserved: "振铃", wrap_up: "整理", ready: "空闲", not_ready: "示忙" }, trend: "通话与排队", byType: "今日工单类型", byArea: "今日工单区域", byUnit: "今日派单单位", none: "今日暂无", noArea: "未注明",
  },
  figures: { none: "未注明", all: "合计", group: "分组", from: "起始日期", to: "截止日期", table: "表格", chart: "图表", view: "显示方式", groupBy: "分组方式", measures: "指标", csv: "下载表格", empty: "这个时段没有数据" },
  admin: {
    users: "用户", units: "单位", queues: "队列", keys: "接口密钥", flows: "语音流程", newUser: "新建用户", editUser: "编辑用户", findUser: "查找用户", displayName: "姓名", roles: "角色", state: "状态", active: "启用", disabled: "停用",
    activeUser: "允许登录", userNameHint: "小写字母、数字和 . _ -", firstPassword: "初始密码", passwordHint: "至少 10 个字符", newUnit: "新建单位", editUnit: "编辑单位", unitId: "单位标识", idHint: "小写字母、数字和 -",
    parent: "上级单位", name: "名称", nameEn: "英文名称", kind: "性质", level: "层级", areaCode: "区划代码", phone: "值班电话", activeUnit: "可以接收新工单", newQueue: "新建队列", editQueue: "编辑队列", queueId: "队列标识",
    strategy: "分配方式", skills: "所需技能", minimumLevel: "最低等级", priority: "优先级", ringSeconds: "振铃秒数", targetSeconds: "目标秒数", capacity: "容量", newKey: "新建密钥", noKeys: "还没有密钥", label: "用途", created: "创建时间",
    lastUsed: "最近使用", expires: "到期时间", revoked: "已吊销", revoke: "吊销", revokeConfirm: "吊销后立即失效，确定吗？", secretTitle: "新的密钥", secretOnce: "密钥只显示这一次，请立即妥善保存。", flowJson: "流程定义", notJson: "不是有效的格式",
    saveDraft: "保存草稿", check: "检查", publish: "发布", publishConfirm: "发布后新的来电将按此流程，确定吗？", noFaults: "没有发现问题，可以发布", faults: "发现 {{count}} 个问题", noFlows: "没有流程", published: "已发布第 {{version}} 版，{{time}}", neverPublished: "尚未发布",
  },
};

export const zhCN = { ...texts, ...zhCodes, ...zhLife };

// The shape that English has to fill, key by key.
type Shape<T> = { [K in keyof T]: T[K] extends string ? string : Shape<T[K]> };
export type Messages = Shape<typeof zhCN>;
// Of the screens whose texts come with them (addTexts in index.ts).
export type AllMessages = Messages & Shape<typeof zhConfiguration>;
export type Texts = Shape<typeof texts>;
