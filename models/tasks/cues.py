"""The cues by which the task stage tells a duty from what only sounds like one.

Types of documents and how they direct, openings of background, formulae that close or inform, labels of events. All
patterns run over the canonical text of :mod:`models.canonical`.
"""

from __future__ import annotations

import re

from models.letter import Zone

BODY_ZONES = {Zone.BODY, Zone.TASK, Zone.CLOSING, Zone.APPENDIX, Zone.TABLE, Zone.LEGAL_BASIS}
COMMANDS = {"chỉ thị", "công điện", "điện", "mệnh lệnh"}
PLANS = {"kế hoạch", "chương trình", "hướng dẫn", "phương án", "đề án", "kết luận", "thông tri", "thông tư"}
DECISIONS = {"quyết định", "nghị quyết", "quy chế", "quy định"}
UPWARD = {"tờ trình"}
REPORTS = {"báo cáo"}
STRONG = re.compile(
    r"(?<!\w)(?:có trách nhiệm|chịu trách nhiệm|có nhiệm vụ|chủ trì|phải|cần|khẩn trương|nghiêm túc|chủ động|tập trung|kịp thời|tăng cường"
    r"|tiếp tục|thường xuyên|đẩy mạnh|theo chức năng|căn cứ chức năng)(?!\w)"
)
TOLD = re.compile(
    r"^(?:ngày \d|vừa qua|trong thời gian qua|thời gian qua|trong những năm|qua (?:xem xét|theo dõi|kiểm tra|nghiên cứu|rà soát)|tuy nhiên|hiện nay|hiện tại"
    r"|sau khi (?:xem xét|nghiên cứu|xem) |phúc đáp|trả lời |liên quan|về (?:việc|nội dung|vấn đề)|để (?:có|thực hiện|triển khai|bảo đảm|đảm bảo)"
    r"|tiếp theo|xét |nhận được (?:công văn|văn bản|tờ trình|báo cáo|đơn)|trường hợp (?:của|nêu))"
)
INFORMS = re.compile(
    r"(?<!\w)(?:(?:xin |trân trọng |kính )?(?:thông báo|truyền đạt|chuyển (?:đến|tới|các|công văn|văn bản))[^.;]{0,160}(?:biết|nắm rõ)[^.;]{0,30}$"
    r"|(?:truyền đạt|xin thông báo)[^.;]{0,160}thực hiện[^.;]{0,30}$"
    r"|trân trọng(?: cảm ơn| báo cáo| kính báo)?[ ./!]*$|(?:xin )?(?:trân trọng )?cảm ơn"
    r"|rất mong (?:nhận được )?(?:sự |các |quý |đồng chí)|thông báo (?:này|đến)[^.;]{0,60}(?:biết|thay)|xin trân trọng"
    r"|^(?:xin|kính) (?:gửi|thông báo|báo cáo|chuyển)"
    r"|(?:căn cứ|đối chiếu)[^.;]{0,160}để (?:áp dụng|thực hiện)(?: (?:đúng|theo))?(?: (?:các )?quy định)?(?: (?:của pháp luật|hiện hành))?$)"
)
EFFECT = re.compile(r"(?:tự giải thể|có hiệu lực|hết hiệu lực|bãi bỏ|thay thế (?:quyết định|cho)|^kinh phí thực hiện[^.;]{0,40}(?:từ|do|lấy)|thay cho (?:giấy mời|công văn))")
REPORTS_BACK = re.compile(r"(?<!\w)(?:báo cáo|phản ánh|vướng mắc|gửi|liên hệ)(?!\w)")
REPEAT_VERBS = {"thực hiện", "triển khai", "triển khai thực hiện", "tổ chức thực hiện", "tổ chức triển khai", "tổ chức triển khai thực hiện", "phối hợp",
                 "quan tâm", "chỉ đạo", "triển khai, thực hiện", "quán triệt", "phổ biến", "chấp hành", "tuyên truyền", "tổ chức", "nghiêm túc thực hiện",
                 "đảm bảo", "bảo đảm", "lãnh đạo, chỉ đạo", "lãnh đạo", "thực hiện nghiêm", "tiếp tục", "tập trung", "thường xuyên", "nghiên cứu"}  # fmt: skip
LEADS = re.compile(
    r"(?:như sau|sau đây|sau|cụ thể|gồm|nội dung|việc|là|nhiệm vụ|trước mắt|trọng tâm|chỉ đạo|ý kiến|yêu cầu|đề nghị|rằng) ?: ?$|: ?$"
)
LEAD_DIRECTS = re.compile(
    r"(?<!\w)(?:ý kiến (?:chỉ đạo )?như sau|chỉ đạo(?: như sau)?|kết luận|yêu cầu|đề nghị|giao|chỉ thị|nhiệm vụ|giải pháp|biện pháp|thực hiện|triển khai"
    r"|công việc|nội dung sau|nội dung như sau|ý kiến như sau|có ý kiến|phân công|hướng dẫn|đề xuất|kiến nghị)(?!\w)"
)
SELF_LEAD = re.compile(
    r"(?<!\w)(?:ban hành|xây dựng|lập|đề ra|hướng dẫn|triển khai) [^.;]{0,120}(?:như sau|sau|sau đây|cụ thể) ?:? ?$"
    r"|(?<!\w)(?:ban hành|xây dựng|lập|đề ra) (?:kế hoạch|chương trình|hướng dẫn|phương án|thông báo|chỉ thị)[^.;:]{0,60}: ?$"
    r"|(?<!\w)(?:thông báo|hướng dẫn|kế hoạch|kết luận|quy định|quyết nghị)(?: [^.;]{0,80})? (?:như sau|sau đây) ?:? ?$"
)
DUTIES_OF = re.compile(r"(?P<who>[^.;:]{3,90}?) (?:có|chịu) (?:các |những )?(?:nhiệm vụ|trách nhiệm|nhiệm vụ, quyền hạn)(?: (?:sau|sau đây|như sau))? ?: ?$")
COMMITTEE = re.compile(r"(?:ban thường vụ|ban chấp hành|thường trực|thường vụ|ban bí thư|đoàn chủ tịch|ban thường trực|đảng ủy|btv|bch)(?!\w)")
STRONG_LEAD = re.compile(r"(?<!\w)(?:chỉ thị|nhiệm vụ|giải pháp|biện pháp|công việc|thực hiện (?:một số|các|những|tốt)|triển khai (?:một số|các))(?!\w)")
LISTS = re.compile(r"(?:gồm|bao gồm|thành phần|các nội dung chính|vấn đề (?:trọng tâm )?sau|hồ sơ|sau đây|tiêu chí|cụ thể|mẫu|dữ liệu về)[^:]{0,30}: ?$")
CONTINUES = re.compile(
    r"^(?:trường hợp|nếu|trong đó|trong quá trình|kết quả|văn bản|báo cáo|danh sách|hồ sơ|ý kiến|quá thời hạn|sau thời|đồng thời|ngoài ra|việc|mọi|các nội dung"
    r"|thời gian|yêu cầu|phải|không|chú ý|lưu ý|trước|tài liệu|nội dung|thông tin|chi tiết|biểu|tổng hợp)(?!\w)"
)
CITES = re.compile(r"(?:công văn|văn bản|tờ trình|báo cáo|đơn|thông báo|giấy|công điện|kết luận) (?:số |ngày )[^.;]{1,60}$|(?<!\w)(?:đã|có) (?:công văn|văn bản|tờ trình)[^.;]{0,40}$")
SEPARATE = re.compile(r"^(?:thời hạn|nơi nhận báo cáo|hạn (?:cuối|chót|gửi|nộp))")
ASKS = re.compile(r"(?<!\w)(?:kính đề nghị|đề nghị|kính trình|trình|tham mưu|kính mong|xin ý kiến|báo cáo,? xin ý kiến|kính báo cáo) (?!của)")
ASKS_DECISION = re.compile(r"(?:xem xét|phê duyệt|quyết định|chấp thuận|cho ý kiến|ban hành|công nhận|cho phép|thẩm định|xét|văn bản)")
INVITES = re.compile(r"(?<!\w)(?<!giấy )(?<!thư )(?<!khách )(?<!phần )(?:kính mời|trân trọng mời|mời)(?!\w)")
ATTENDS = re.compile(r"^(?:tới dự|đến dự|tham dự|dự (?:họp|hội nghị|cuộc họp|buổi)|đến tham dự|về dự|tham gia)(?!\w)")
DONE_VERB = re.compile(r"(?<!\w)(?:đã|vừa) (?:được )?")
PASSIVE = re.compile(
    r"(?:mọi )?(?:hồ sơ|văn bản|báo cáo|kết quả|danh sách|ý kiến|vướng mắc|biên bản|số liệu|tài liệu)[^.;]{0,100}?(?:gửi|báo cáo|phản ánh|nộp)(?: về| đến| cho)?(?!\w)"
)
PREAMBLE = re.compile(r"(?:tiếp tục )?(?:thực hiện|quán triệt|triển khai|căn cứ|tổ chức thực hiện)[^.;]{0,400}(?:, |\. )")
WEAK_REFUSED = re.compile(
    r"(?:những|các|về|thời gian|địa điểm|thời điểm|một số|vướng mắc|kết quả|tình hình|khó khăn|người|hiện nay|khi các)(?!\w)|(?:\w+ ){0,8}?(?:tán thành|nhất trí|thống nhất|đồng ý|chấp thuận|đã|sẽ)(?!\w)"
)
EVENT_FIELD = re.compile(r"(?:thành phần|thời gian|địa điểm|nội dung|số lượng|đối tượng|hình thức|kinh phí|giảng viên|báo cáo viên|chủ trì)\b[^:]{0,30}:")
FOOT = re.compile(r"\W{0,4}n[ơo]i nh[ậâạ]n ?[:;]")
INVITATIONS = {"giấy mời"}
DECIDES = {"đồng ý", "nhất trí", "tán thành", "ghi nhận", "chấp thuận", "phê duyệt", "công nhận", "quyết định", "cho phép", "thống nhất", "xét", "xem xét"}
