// Chinese for the life of a ticket: what can be done with it, what each form asks, what a history says, and the desks.
import { zhWork } from "./zh-CN.work";

export const zhLife = {
  ...zhWork,
  action: {
    dispatch: "派单", sign: "签收", reply: "答复", approveReply: "审批答复", giveOpinion: "协办意见", arbitrateReturn: "裁定单位", decideReturn: "退单审核", decideExtension: "延期审批", reviewReply: "审核答复",
    recordCallback: "回访", answer: "答复咨询", updateHandover: "移交进展", reviewRating: "差评核实", reviewRepeat: "重复诉求审核", archive: "归档", split: "拆出并案", amend: "补充修改", defer: "记录待答", coordinate: "提请协调",
    reportUp: "呈报领导", handOver: "移交", refuse: "不予受理", requestExtension: "申请延期", requestReturn: "申请退单", reportProgress: "报告进展", recordContact: "联系记录", recordMediation: "调解记录", passUp: "上报市级平台",
    instruct: "领导批示", supervise: "督办", endSupervision: "结束督办", reopen: "重新办理", rate: "登记评价", publish: "公开", unpublish: "撤回公开", setUrgency: "调整紧急程度", setConfidential: "调整保密", withdraw: "诉求人撤回",
    merge: "并案", link: "关联工单", unlink: "取消关联", markRepeat: "标记重复诉求", addRemark: "备注与催办",
    done: "已完成", none: "当前没有可以进行的操作", choose: "选择操作", more: "更多操作（{{count}}）",
    decideReturnYes: "同意退单", decideReturnNo: "驳回退单", decideExtensionYes: "同意延期", decideExtensionNo: "不同意", approveReplyYes: "审批通过", approveReplyNo: "退回承办人", reviewReplyYes: "通过", reviewReplyNo: "退回重办",
    reviewRatingYes: "属实，重新办理", reviewRatingNo: "不属实", reviewRepeatYes: "认定为不合理重复", reviewRepeatNo: "不认定",
  },
  explain: {
    sign: "签收后开始计算办理时限。", reply: "请写明办理单位、时间、过程和结果。", archive: "归档后工单及其全部过程永久保留。", amend: "整理留言或更正登记内容，留空的项目保持不变，清除的地图位置随之移除。", answer: "告知诉求人后办结；未告知的转入回访。",
    defer: "暂时不能答复的咨询先记录下来，稍后答复。", handOver: "将诉求及资料移交给系统外的单位，并告知诉求人。", setConfidential: "改变是否对承办单位隐藏诉求人信息。", withdraw: "诉求人不再需要办理，工单直接办结。",
    arbitrateReturn: "裁定的单位不能再退单。", passUp: "超出本区域或本部门职责的，上报市级平台重新派单。", giveOpinion: "意见合并到主办单位的统一答复，再次提交会替换原有意见。", requestExtension: "应在答复时限之前提出，承诺的日期会告知诉求人。",
    approveReply: "通过后答复送交审核。", rate: "登记诉求人对本事项的评价，一件一次。", reviewRating: "属实的差评转入督办并重新办理。", publish: "公开的内容不得含有姓名、电话、住址等个人信息。", merge: "并入后随并案主单一并办理和答复。", split: "拆出后回到待派单。", markRepeat: "须经督查审核后才生效。",
  },
  field: {
    title: "标题", content: "诉求内容", category: "事项分类", area: "区域", place: "地点", point: "地图位置", note: "说明", why: "理由", unit: "主办单位", coUnits: "协办单位", noteToUnit: "给承办单位的说明", answer: "答复内容", told: "已当面或在电话中告知诉求人",
    refuseReason: "不予受理的原因", toldCitizen: "向诉求人的说明", referredTo: "指引的受理单位", coordinate: "需要协调的事项", reportTo: "呈报对象", reportText: "呈报内容", instruction: "批示内容", body: "移交单位", handOverNote: "移交事由",
    handoverStatus: "办理情况", reference: "对方编号", handoverAnswer: "对方的答复或理由", urgency: "紧急程度", citizenSaid: "诉求人的意见", returnReason: "退单理由", suggestedUnit: "建议承办单位", decideNote: "审核意见", improper: "不当退单，计入考核",
    reached: "是否接通", contactNote: "联系情况", progress: "进展情况", tellCitizen: "告知诉求人", opinion: "协办意见", agreed: "是否达成一致", mediation: "调解经过和结果", promised: "承诺办结时间", extensionReason: "延期理由", earlierDue: "批准到（留空为所申请的时间）",
    replyText: "答复内容", outcome: "办理结果", evidence: "佐证材料", internalNote: "内部备注（诉求人不可见）", approvalNote: "审批意见（退回时必填）", reviewNote: "审核意见（退回时必填）", opinionRisk: "可能引发舆情", reopenReason: "重新办理的理由", score: "评价", publicText: "公开内容",
    measure: "督办措施", superviseText: "督办内容", addressees: "送达", groupTicket: "并案主单", otherTicket: "另一工单", linkKind: "关系", remarkKind: "类别", remark: "内容", ticketHint: "工单号或受理号",
  },
  choice: {
    yesNo: { yes: "是", no: "否" },
    refusal: { outside_city: "不属于本市", emergency: "应由紧急电话处理", litigation: "已进入或应进入诉讼、仲裁、复议等程序", secret: "涉及秘密或隐私", public_order: "违反公序良俗", too_vague: "内容不清，无法办理" },
    body: { 110: "公安报警", 119: "消防", 120: "急救", 122: "交通事故", water: "供水企业", power: "供电企业", gas: "燃气企业", court: "法院", procuratorate: "检察院", discipline: "纪委监委" },
    handover: { sent: "已移交", received: "已接收", in_process: "办理中", done: "已办结", declined: "不受理" },
    urgency: { URGENCY_ORDINARY: "一般", URGENCY_URGENT: "紧急", URGENCY_CRITICAL: "特急" },
    outcome: { resolved: "已解决", explained: "已解释说明", not_feasible: "暂不具备办理条件" },
    score: { 1: "非常满意", 2: "满意", 3: "基本满意", 4: "不满意", 5: "非常不满意" },
    measure: { urging_notice: "催办通知", supervision_order: "督办令", criticism: "通报批评", coordination_meeting: "协调会", talk: "约谈" },
    addressee: { unit: "承办单位", unit_lead: "单位业务负责人", unit_head: "单位分管领导", county: "区县", supervision: "督查中心", leader: "市领导" },
    link: { duplicate: "重复", related: "相关", follow_up: "后续" },
    remark: { remark: "备注", urging: "催办" },
    nature: { dispute: "纠纷", livelihood: "民生", accident: "事故" },
    callerKind: { citizen: "个人", legal_person: "企业法人", organisation: "其他组织" },
    by: { phone: "电话", sms: "短信", web: "网络" },
  },
  closeReason: { answered: "直接答复", called_back: "回访后办结", not_called_back: "无须回访", withdrawn: "诉求人撤回", group: "随并案办结", handed_over: "移交办结", refused: "不予受理" },
  change: {
    none: "无", hidden: "已更改（加密）", yes: "是", no: "否",
    field: {
      type: "类型", urgency: "紧急程度", channel: "来源渠道", handling: "办理方式", caller_name: "姓名", caller_phone: "联系电话", caller_kind: "诉求人类别", caller_work_unit: "工作单位", caller_address: "住址", caller_anonymous: "匿名", caller_confidential: "保密",
      title: "标题", content: "诉求内容", category_id: "事项分类", tags: "标签", area_code: "区域", place: "地点", party_complained_of: "被诉对象", parties_concerned: "涉及人员", nature: "事项性质", occur_time: "发生时间", extra: "其他项目", unit_id: "主办单位", co_unit_ids: "协办单位",
      responsible_unit_id: "责任单位", opinions: "协办意见", return_count: "退单次数", return_barred: "不得再退单", return_closed: "退单期限已过", extension_due: "申请延期至", extension_count: "已批延期", answer: "答复", outcome: "办理结果", opinion_risk: "舆情风险",
      leader_instructed: "领导批办", supervision_level: "督办级别", supervised: "督办中", handover_body: "移交单位", handover_status: "移交情况", handover_reference: "对方编号", repeat_mark: "重复诉求", rating: "评价", rating_state: "差评核实", published: "公开内容",
      close_reason: "办结方式", reopen_count: "重新办理次数", solved: "已解决", satisfaction: "满意度", refuse_reason: "不予受理原因", rework_count: "重办次数", links: "关联工单", internal_note: "内部备注", suggested_unit_id: "建议承办单位", returned_by: "退单单位", passed_up_by: "上报单位",
      improper: "不当退单", reached: "已接通", agreed: "达成一致", rule: "依据", referred_to: "指引的受理单位", to: "呈报对象", measure: "督办措施", satisfaction_result: "对结果", satisfaction_attitude: "对态度", upheld: "属实", confirmed: "认定", group_number: "并案主单", by: "回访方式",
      document_number: "文号", failure: "原因", until_time: "截止时间",
    },
  },
  mark: {
    supervised: "督办中", level: "督办 {{level}} 级：{{measure}}", group: "并案", groupCase: "并案主单", leader: "领导批办", repeat: "重复诉求", risk: "舆情风险", published: "已公开", barred: "不得退单", extension: "申请延期至 {{time}}", reopened: "重新办理 {{count}} 次", returned: "退单 {{count}} 次",
    rating: "评价：{{score}}", ladder: "督办阶梯", responsible: "责任单位", coUnits: "协办单位", handover: "移交", outcome: "办理结果", closeReason: "办结方式", nature: "事项性质", occurTime: "发生时间", parties: "涉及人员", extra: "其他项目", opinions: "协办意见", publicText: "公开内容",
    repeatMark: "重复诉求", ratingState: "差评核实", refuse: "不予受理原因", handling: "办理方式", extensions: "已批延期", link: "关联工单", instructed: "领导批办",
  },
  sorting: {
    list: "待派工单", detail: "工单详情", all: "全部", empty: "没有需要派单的工单", suggestions: "建议单位", hint: "上下键选择，数字键派往建议单位", undo: "撤销", undoIn: "{{seconds}} 秒后派往{{unit}}", sendNow: "立即派出", sent: "已派往{{unit}}", failed: "未能派出：{{why}}",
    duplicates: "可能重复的工单", noDuplicates: "没有发现可能重复的工单", merge: "并入", link: "关联", merged: "已并案", linked: "已关联", mergeNote: "同一事项，并案办理", other: "其他操作", position: "第 {{at}} 件，共 {{of}} 件", positionMore: "第 {{at}} 件，已载入 {{of}} 件", undone: "已撤销派单",
  },
  supervision: {
    tab: { clocks: "时限", extensions: "延期审批", ratings: "差评核实", repeats: "重复诉求审核" }, all: "全部", step: "环节", light: "亮灯", unit: "单位", save: "保存筛选", saved: "已存筛选", name: "筛选名称", remove: "删除筛选：{{name}}", bulk: "批量催办（{{count}}）", bulkTitle: "对 {{count}} 件工单",
    what: "方式", text: "内容", send: "发出", progress: "{{done}} / {{all}}", done: "已发出 {{count}} 件", failed: "{{count}} 件未能发出", urging: "催办", empty: "没有符合条件的工单", clocks: "时限", ladder: "督办", promised: "申请延期至", rating: "评价", decide: "办理", level: "{{level}} 级", none: "未督办", close: "关闭",
    loadMore: "继续载入", loaded: "已载入 {{count}} 件",
  },
  callbacks: {
    queue: "待回访", ticket: "工单", script: "回访话术", empty: "没有待回访的工单", next: "下一件", skip: "跳过", left: "还有 {{count}} 件", leftMore: "还有 {{count}} 件以上",
    lines: "您好，这里是 12345 热线回访。您反映的“{{title}}”，{{unit}}已经答复办理。请问问题是否解决？您对办理是否满意？", unit: "承办单位", leaderOnly: "批办件由督查人员回访", keys: "先按 1 或 2 回答是否解决，再按 1 至 5 回答满意度，退格键重选",
  },
  portal: {
    tab: { todo: "待处理", toSign: "待签收", handling: "办理中", approval: "待审批", opinions: "协办", replied: "已答复" }, open: "办理", dialog: "办理工单", empty: "没有待处理的工单", counts: "红灯 {{red}}，黄灯 {{yellow}}，绿灯 {{green}}", shown: "已载入的工单",
  },
};
