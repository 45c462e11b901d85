// Chinese for the configuration screens.
export const zhConfiguration = {
  config: {
    title: "配置",
    part: { catalogue: "派单目录", categories: "事项分类", scripts: "话术", forms: "流程表单", policies: "时限政策", calendar: "工作日历", templates: "文书模板", callers: "重复诉求" },
    published: "已发布", publish: "发布", publishNote: "改了什么、为什么（随版本保存）", what: "项目", before: "之前", after: "之后", absent: "无", same: "没有差异", kept: "已保存", id: "标识", idHint: "字母、数字和 . - _ :", idTaken: "这个标识已被使用", yes: "是", no: "否",
    none: "无", draft: "草稿", inForce: "现行", version: "第 {{version}} 版", versions: "版本", show: "查看", differences: "比较差异", changes: "本次修改", noChanges: "没有修改", unsaved: "未保存", leave: "修改还没有保存，要放弃吗？", discard: "放弃修改", viewing: "正在查看第 {{version}} 版，不可修改",
    takeAsDraft: "以此版为草稿", backToDraft: "回到草稿", up: "上移：{{name}}", down: "下移：{{name}}", remove: "删除：{{name}}", preset: "系统预置",
    preview: {
      title: "影响预览", ask: "预览影响", examined: "检查的在办时限", moved: "期限会变动", becomeOverdue: "会变为超期", stopBeingOverdue: "会不再超期", ticket: "工单", step: "环节", dueBefore: "现期限", dueAfter: "新期限", noLimit: "无时限", stale: "内容又有修改，请重新预览",
      incomplete: "在办时限太多，只检查了一部分", first: "请先预览影响",
    },
    catalogue: {
      new: "新增条目", edit: "修改条目", areaHint: "含其下级区域", anywhere: "全市", anyType: "不限", lead: "主办单位", co: "协办单位", from: "起始日期", to: "截止日期", sure: "自动派", sureLong: "可自动派单", note: "依据和说明", effective: "有效期", upcoming: "未生效", expired: "已到期", until: "至 {{day}}",
      always: "长期", empty: "没有条目", which: "查看的目录", find: "分类、区域、单位、说明", onlyFinding: "仅所指条目", count: "{{count}} 条", neverPublished: "尚未发布", check: "检查", errors: "{{count}} 个错误，改正后才能发布", warnings: "没有错误，{{count}} 项请留意", clean: "没有发现问题",
      moreFindings: "还有 {{count}} 项", pending: "待发布：新增 {{added}}，修改 {{changed}}，删除 {{removed}}", noPending: "草稿与现行目录相同", try: "试算派单建议", versionCounts: "{{entries}} 条；新增 {{added}}，修改 {{changed}}，删除 {{removed}}", diffTitle: "差异：{{from}} → {{to}}", nothing: "空目录",
      publishTitle: "发布派单目录", removeConfirm: "从草稿中删除条目 {{name}}？",
    },
    finding: {
      UNKNOWN_UNIT: "没有这个单位：{{subject}}", INACTIVE_UNIT: "单位已停用：{{subject}}", UNKNOWN_CATEGORY: "没有这个分类：{{subject}}", CONTRADICTION: "条目互相矛盾：{{entries}}", DUPLICATE: "条目重复：{{entries}}", EXPIRED: "条目已到期：{{entries}}", CATEGORY_WITHOUT_ENTRY: "没有承办单位：{{subject}}",
      CATEGORY_PARTLY_COVERED: "只在部分区域或类型有承办单位：{{subject}}",
    },
    categories: {
      new: "新增分类", edit: "修改分类", parent: "上级分类", top: "顶级", idHint: "小写字母、数字、点和横线，保存后不可更改", order: "顺序", unit: "默认承办单位", unitHint: "派单目录没有规定时", script: "提示语", scriptHint: "登记该类工单时显示，话术另设", find: "名称、标识、标签", count: "{{count}} 个分类",
    },
    scripts: {
      new: "新增话术", edit: "修改话术", steps: "步骤", addStep: "增加步骤", kind: "第 {{at}} 步的种类", kinds: { say: "说", ask: "问", check: "核对" }, text: "第 {{at}} 步的内容", field: "第 {{at}} 步填入的项目", noField: "不填入", categoryHint: "含其下级分类", anyCategory: "所有分类", hint: "登记时按分类和类型显示，越具体的越优先",
      empty: "还没有话术", removeConfirm: "删除话术“{{name}}”？",
    },
    formField: {
      type: "类型", title: "标题", content: "诉求内容", category_id: "事项分类", area_code: "区域", place: "地点", occur_time: "发生时间", party_complained_of: "被诉对象", parties_concerned: "涉及人员", urgency: "紧急程度", caller_name: "姓名", caller_phone: "联系电话", caller_address: "住址", tags: "标签",
    },
    kind: {
      FORM_FIELD_KIND_UNSPECIFIED: "未定", FORM_FIELD_KIND_TEXT: "文字", FORM_FIELD_KIND_NUMBER: "数字", FORM_FIELD_KIND_DATE: "日期", FORM_FIELD_KIND_CHOICE: "单选", FORM_FIELD_KIND_YES_NO: "是或否", FORM_FIELD_KIND_PHONE: "电话",
    },
    approval: { unit_lead: "单位业务负责人", unit_head: "单位分管领导" },
    decider: { dispatcher: "派单员", supervisor: "督查人员" },
    forms: {
      required: "必填项目", ownFields: "自有项目", ownField: "自有项目 {{name}}", fieldName: "名称", detail: "选项或长度", must: "必填", kind: "种类", choices: "输入选项后按回车", maxLength: "最多字数", noFields: "没有自有项目", addField: "增加项目", steps: "办理步骤", review: "中心审核答复", callback: "回访诉求人",
      approvals: "单位内审批", approvalBy: { unit_lead: "单位业务负责人审批", unit_head: "单位分管领导审批" }, returnDecider: "退单审批", extensionDecider: "延期审批", arbitrationAfter: "第几次退单起仲裁", maxRework: "最多重办次数", reopenDays: "办结后可重启天数", preview: "登记表单预览", always: "类型和标题总是必填",
      changes: "与现行版本的差异", noChanges: "与现行版本相同", onlyBuiltIn: "现行的是系统自带的设置", saveDraft: "检查并保存草稿", draftKept: "草稿已检查并保存", builtIn: "恢复系统自带", publishTitle: "发布流程表单：{{type}}", publishHint: "新登记的工单按新版办理，在办工单仍按登记时的版本。", hasDraft: "有未发布的草稿", noDraft: "没有草稿，显示现行设置",
    },
    limitKind: { LIMIT_KIND_WORKING: "工作时间", LIMIT_KIND_NATURAL: "自然时间", LIMIT_KIND_SAME_WORKING_DAY: "当个工作日", LIMIT_KIND_NONE: "无时限" },
    limitUnit: { LIMIT_UNIT_SECOND: "秒", LIMIT_UNIT_MINUTE: "分钟", LIMIT_UNIT_HOUR: "小时", LIMIT_UNIT_DAY: "天" },
    workingUnit: { LIMIT_UNIT_UNSPECIFIED: "", LIMIT_UNIT_SECOND: "工作秒", LIMIT_UNIT_MINUTE: "工作分钟", LIMIT_UNIT_HOUR: "工作小时", LIMIT_UNIT_DAY: "个工作日" },
    workingUnitOne: { LIMIT_UNIT_UNSPECIFIED: "", LIMIT_UNIT_SECOND: "工作秒", LIMIT_UNIT_MINUTE: "工作分钟", LIMIT_UNIT_HOUR: "工作小时", LIMIT_UNIT_DAY: "个工作日" },
    naturalUnit: { LIMIT_UNIT_UNSPECIFIED: "", LIMIT_UNIT_SECOND: "秒", LIMIT_UNIT_MINUTE: "分钟", LIMIT_UNIT_HOUR: "小时", LIMIT_UNIT_DAY: "天" },
    naturalUnitOne: { LIMIT_UNIT_UNSPECIFIED: "", LIMIT_UNIT_SECOND: "秒", LIMIT_UNIT_MINUTE: "分钟", LIMIT_UNIT_HOUR: "小时", LIMIT_UNIT_DAY: "天" },
    limit: { none: "无时限", natural: "{{amount}} {{unit}}", working: "{{amount}} {{unit}}", workingSame: "{{amount}} {{unit}}（同一时刻）", sameDay: "当个工作日；非工作时间的，下个工作日 {{time}} 前" },
    trigger: {
      TRIGGER_UNSPECIFIED: "未定", TRIGGER_CREATED: "受理", TRIGGER_DISPATCHED: "派单", TRIGGER_SIGNED: "签收", TRIGGER_RETURN_REQUESTED: "申请退单", TRIGGER_RETURN_ACCEPTED: "同意退单", TRIGGER_RETURN_REFUSED: "不同意退单", TRIGGER_REPLIED: "答复", TRIGGER_REVIEW_ACCEPTED: "审核通过", TRIGGER_REVIEW_REJECTED: "审核退回",
      TRIGGER_CALLBACK_REACHED: "回访接通", TRIGGER_CALLBACK_UNREACHED: "回访未接通", TRIGGER_REWORKED: "重办", TRIGGER_CONTACTED: "联系上诉求人", TRIGGER_CONTACT_TRIED: "联系未果", TRIGGER_PROGRESS_REPORTED: "报告进展", TRIGGER_REPORTED_UP: "呈报领导", TRIGGER_INSTRUCTED: "领导批示", TRIGGER_HANDED_OVER: "移交",
      TRIGGER_HANDOVER_DECLINED: "移交被拒", TRIGGER_HANDOVER_DONE: "移交办结", TRIGGER_MERGED: "并案", TRIGGER_SPLIT: "移出并案", TRIGGER_REOPENED: "重新办理", TRIGGER_DEFERRED: "稍后答复", TRIGGER_COORDINATED: "提请协调",
    },
    policies: {
      active: "现行", copy: "复制为新政策", copyOf: "{{name}}（副本）", isNew: "新政策", parts: "政策的各部分", about: "基本信息", description: "说明", name: "名称", nameEn: "英文名称", ladder: "督办阶梯", ladderHint: "超期后按顺序采取的措施，每级最早不早于上一级", noLadder: "没有督办措施", addRung: "增加措施", measure: "措施",
      after: "超期后", afterText: "超期 {{limit}}", atOnce: "超期即", addressees: "送达", document: "文书", documentText: "文书：{{name}}", addStep: "增加环节", newStep: "新环节", removeStep: "删除环节", rules: "规则", rule: "规则", rulesHint: "自上而下，第一条符合的生效；法定规则优先", addRule: "增加规则", clock: "计时",
      start: "开始", stop: "结束", pause: "暂停", resume: "恢复", reopen: "继续计时", states: "仅在这些状态计时", anyState: "所有状态", window: "是权利期限，到期即关闭，不算超期", any: "全部", allTickets: "所有工单", limit: "期限", amount: "数量", unit: "单位", sameTime: "到期日同一时刻", outsideBy: "非工作时间的截止", warnPercent: "黄灯（已过百分之）",
      warnBefore: "或提前分钟数", warnAt: "过 {{percent}}% 黄灯", warnMinutes: "提前 {{minutes}} 分钟黄灯", maxExtensions: "可延期次数", maxExtension: "每次最多", bounded: "限定每次时长", extensionText: "可延期 {{count}} 次，每次 {{each}}", anyDate: "按承诺日期", statutory: "法定", basis: "依据", applyToOpen: "在办工单也按新版重算", save: "保存为新版",
      put: "已保存为第 {{version}} 版", movedOpen: "重算了在办", olderTitle: "第 {{version}} 版与现行第 {{now}} 版的差异",
    },
    dayKind: { off: "休息", work: "调休上班", weekend: "周末", working: "工作日" },
    month: { 1: "一月", 2: "二月", 3: "三月", 4: "四月", 5: "五月", 6: "六月", 7: "七月", 8: "八月", 9: "九月", 10: "十月", 11: "十一月", 12: "十二月" },
    weekday: { 1: "星期一", 2: "星期二", 3: "星期三", 4: "星期四", 5: "星期五", 6: "星期六", 7: "星期日" },
    weekdayShort: { 1: "一", 2: "二", 3: "三", 4: "四", 5: "五", 6: "六", 7: "日" },
    calendar: {
      hours: "工作时段", hoursHint: "时区 {{zone}}；时段由部署配置规定", rest: "不上班", change: "调整日期", kind: "当天", name: "名称", add: "加入 {{count}} 天", paste: "粘贴放假通知", pasteHint: "每行一天：日期，休或班，名称", badLines: "这些行看不懂：{{lines}}", noChanges: "在年历上选择日期，或粘贴通知", pending: "待保存的调整", changed: "待保存",
      save: "保存并重算", saveHint: "保存后几秒内重算所有在办时限。", put: "已保存为日历第 {{version}} 版，正在重算", previousYear: "上一年", nextYear: "下一年", workingDays: "全年 {{count}} 个工作日", noNotice: "{{year}} 年的放假通知还没有录入：时限暂按周末推算，并标为暂定", offMark: "休", workMark: "班", versionsTitle: "与现行第 {{now}} 版比较",
      onlyVersion: "只有这一版", byService: "系统自带",
    },
    audience: { unit: "承办单位", centre: "热线中心", outside: "外单位" },
    block: { red_head: "红头", title: "标题", subtitle: "副标题", addressee: "主送", paragraph: "段落", heading: "小标题", note: "注", form: "表格", signature: "落款", copy_to: "抄送" },
    blockText: { text: "文字", number: "文号", unit: "单位", date: "日期", printed_by: "印发单位" },
    placeholder: {
      number: "文号", year: "年份", sequence: "序号", date: "日期", centre: "中心名称", ticket_number: "工单号", acceptance_number: "受理号", ticket_type: "类型", urgency: "紧急程度", channel: "来源渠道", title: "标题", content: "诉求内容", category: "事项分类", area: "区域", place: "地点", party: "被诉对象", caller_name: "姓名",
      caller_phone: "联系电话", caller_address: "住址", caller_work_unit: "工作单位", unit: "主办单位", co_units: "协办单位", accepted: "受理时间", due: "办理期限", answer: "答复", maker: "制作人", maker_unit: "制作单位",
    },
    templates: {
      counts: "现行", older: "更早的版本", ownField: "填写项：{{name}}", copy: "复制为新模板", isNew: "新模板", number: "文号格式", numberHint: "须含年份和序号", audience: "给谁看", audienceHint: "决定诉求人信息是否显示", fields: "制作时填写的项目", placeholder: "占位名", multiline: "多行", blocks: "内容", placeholders: "插入：", kind: "第 {{at}} 块的种类", rows: "行", rowsHint: "每行一行，格子用竖线分开，单数格为标签，换行写作 \\n",
      widths: "列宽", minLines: "各行最少行数", addBlock: "增加一块", preview: "预览", ticket: "工单", ticketHint: "工单号或受理号", look: "预览", values: "填写项目（{{count}}）", pages: "共 {{count}} 页", open: "在新页打开", staleLook: "模板又有修改", noLook: "输入一个工单号，看看成文的样子；不会保存，也不占用文号", mode: "编辑方式", byBlocks: "分块编辑",
      source: "源文本", unknown: "不认识的占位：{{names}}", save: "保存为新版", saveHint: "之后制作的文书用新版，已制作的不变。", put: "已保存为第 {{version}} 版",
    },
    callers: {
      rule: "重复诉求规则", ruleHint: "登记时据此提出“重复诉求”标记，经审核认定后才生效。", enabled: "启用", count: "此前诉求次数达到", days: "在多少天内", sameCategory: "仅计同一分类", onlyHandled: "仅计已办结的", sentence: "同一来电人在 {{days}} 天内{{category}}{{handled}}已有 {{count}} 次诉求的，再来时提出标记。", inCategory: "就同一分类",
      anyCategory: "", handled: "并已办结", anyState: "", off: "未启用：不提出标记。", bans: "暂停服务", activeOnly: "仅看生效中", noBans: "没有暂停服务的来电人", newBan: "暂停服务", ban: "暂停", banHint: "只能依据经审核认定的重复诉求工单，最长一年。", until: "截止", reason: "理由", by: "决定人", inForce: "生效中", lifted: "已解除", over: "已到期", lift: "解除", liftTitle: "解除暂停服务", lifting: "暂停至 {{until}}，理由：{{reason}}", liftReason: "解除理由",
      audit: "查看记录", noAudit: "没有查看记录", time: "时间", who: "谁", how: "方式", revealed: "申请显示", shown: "随工单显示",
    },
  },
};
