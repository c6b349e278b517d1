"""Letters written for the tests of the corpus's machinery."""


LETTER = """\
id: thu-nghiem
system: state
level: province
province: Nam Định
topic: thử nghiệm
type: công văn
refs:
  r1: {type: kế hoạch, id: 215/KH-UBND, date: 2021-03-08, issuer: UBND tỉnh, title: phòng chống thiên tai năm 2021, rel: thuc_hien}
  r2: {type: luật, title: Đê điều, rel: vien_dan}
  r3: {type: chỉ thị, id: 12-CT/TU, date: 2021-02-25, issuer: Tỉnh ủy, rel: duoc_trien_khai_boi, via: r1}
---
@parent_body
{parent=Ủy ban nhân dân tỉnh Nam Định|ỦY BAN NHÂN DÂN
TỈNH NAM ĐỊNH}
@issuer
{issuer=Sở Xây dựng|SỞ XÂY DỰNG}
@document_number
Số: {number|88}/{symbol|SXD-QLN}
@subject
V/v {subject|kiểm tra nhà chung cư cũ
trước mùa mưa bão}
@national_title
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
@place_date
{place|Nam Định}, {date=2021-04-12|ngày 12 tháng 4 năm 2021}
@urgency
{urgency=khan|KHẨN}
@addressees
Kính gửi:
- {addressee|Phòng Quản lý đô thị thành phố};
- {addressee|UBND các huyện}.
@body
Thực hiện {r1|Kế hoạch số 215/KH-UBND ngày 08/3/2021 của UBND tỉnh về phòng chống thiên tai năm 2021} (triển khai {r3|Chỉ thị số 12-CT/TU, ngày 25/02/2021 của Tỉnh ủy}), Sở Xây dựng đề nghị {who:h0|các đơn vị}:
~ Triển khai {r1|Kế hoạch số 215/KH-UBND ngày 08/3/2021 của UBND tỉnh về phòng chống thiên tai năm 2021} và {r3|Chỉ thị số 12-CT/TU, ngày 25/02/2021 của Tỉnh ủy}, Sở đề nghị {who:h0|các đơn vị}:
? {neg=background|Năm 2020 toàn tỉnh có 14 nhà tốc mái}.
@task
1. {t1<h0=kiem_tra,bao_cao|Kiểm tra nhà chung cư cũ, báo cáo về {report|Sở Xây dựng} (qua {via|Phòng Quản lý nhà}, email: {email|qln@sxd.example}) {due=2021-05-10T16:00|trước 16 giờ ngày 10/5/2021}}.
2. {who:h1|Phòng Quản lý đô thị}:
- {t2<h1=phoi_hop,ra_soat|Phối hợp với {coord|Công an thành phố} rà soát nhà nguy hiểm theo {pin|khoản 2 Điều 25} {r2|Luật Đê điều}}.
3. {t3=trien_khai|{lead|UBND các huyện} thực hiện {r1|Kế hoạch 215} {due=monthly:25|hằng tháng, trước ngày 25}}.
@table
Nhiệm vụ || Đơn vị || Thời hạn
{t4<h2,d2=cung_cap|Gửi hồ sơ} || {who:h2|Chi cục Thủy lợi} || {due:d2=5 working_day receipt|05 ngày làm việc}
@closing
Trân trọng./.
@recipients
Nơi nhận:
- {recipient|Như trên};
- {recipient|UBND tỉnh};
- {recipient|Sở Nông nghiệp và PTNT} ({purpose:2|để b/c});
@archive_note
- Lưu: {archive|VT, QLN}.
@signing_authority
{authority|KT. GIÁM ĐỐC}
@signer_title
{title|PHÓ GIÁM ĐỐC}
@signer_name
{name|Đỗ Thị Thu Trang}
"""

PARTY = """\
id: dang-thu
system: party
level: province
province: Yên Bái
topic: thử nghiệm kế hoạch
type: kế hoạch
refs: {}
---
@issuer
{issuer=Tỉnh ủy Yên Bái|TỈNH ỦY YÊN BÁI}
*
@national_title
ĐẢNG CỘNG SẢN VIỆT NAM
@document_number
Số {number|31}-{symbol|KH/TU}
@place_date
{place|Yên Bái}, ngày     tháng 9 năm 2018
@document_type
{doctype|KẾ HOẠCH}
@subject
{subject|học tập chuyên đề}
@task
- {t1=dao_tao|Mở lớp học {due=2018-12-31|trong quý IV/2018}};
@signer_title
{title|PHÓ BÍ THƯ}
@signer_name
{name|Giàng A Sình}
"""
