"""Los participantes del informe: lo registrado y lo declarado aparte, en cuentas y sin nombres."""

from datetime import date

import pytest

from talleres.asistencia import de_grupo
from talleres.models import Encuentro
from tests.fabricas import AporteFactory, EncuentroFactory
from tests.fabricas_registro import ParticipanteFactory

from .secciones_del_informe import contexto_de, de_momento, html_de, texto_de, todo_el_html

pytestmark = pytest.mark.django_db


def test_no_sale_el_nombre_de_nadie_que_asistio(central, grupo1, encuentro1):
    persona = ParticipanteFactory(
        encuentro=encuentro1, gad_id="0807", nombre="Persona Reservada", correo="x@ejemplo.ec"
    )
    html = todo_el_html(central, grupo1.estrategia)
    assert persona.nombre not in html and "x@ejemplo.ec" not in html and "Técnica" not in html
    assert contexto_de("participantes", central, grupo1.estrategia)["asistencia"].total == 1


def test_lo_declarado_y_lo_registrado_van_aparte(central, grupo1, grupo2, encuentro1, encuentro2):
    Encuentro.objects.filter(pk=encuentro1.pk).update(participantes_declarados=38)
    Encuentro.objects.filter(pk=encuentro2.pk).update(participantes_declarados=74)
    for codigo, sexo in [("0807", "mujer"), ("0807", "hombre"), ("080752", "mujer")]:
        ParticipanteFactory(encuentro=encuentro1, gad_id=codigo, sexo=sexo)
    contexto = contexto_de("participantes", central, grupo1.estrategia)
    uno, dos = contexto["grupos"]
    assert (uno.declarados, uno.registrados, uno.mujeres, uno.hombres) == (38, 3, 2, 1)
    assert (dos.declarados, dos.registrados) == (74, 0)
    assert uno.registrados == de_grupo(grupo1).total
    assert (contexto["declarados"], contexto["asistencia"].total) == (112, 3)
    leido = texto_de(html_de("participantes", central, grupo1.estrategia))
    assert "112 personas" in leido and "a 3 personas" in leido
    assert "115" not in leido and "41" not in leido


def test_un_encuentro_de_dos_grupos_va_en_cada_uno_y_una_vez_en_el_total(central, grupo1, grupo2):
    junto = EncuentroFactory(
        estrategia=grupo1.estrategia, grupos=[grupo1, grupo2], participantes_declarados=20
    )
    ParticipanteFactory(encuentro=junto, gad_id="0807")
    contexto = contexto_de("participantes", central, grupo1.estrategia)
    assert [(uno.declarados, uno.registrados) for uno in contexto["grupos"]] == [(20, 1), (20, 1)]
    assert (contexto["declarados"], contexto["asistencia"].total) == (20, 1)
    assert contexto["compartidos"]
    assert "en el total, una vez" in html_de("participantes", central, grupo1.estrategia)


def test_de_un_grupo_que_no_ve_no_sale_ni_el_numero(zonal4, grupo1, grupo2):
    junto = EncuentroFactory(
        estrategia=grupo1.estrategia, grupos=[grupo1, grupo2], participantes_declarados=20
    )
    (encuentro,) = contexto_de("participantes", zonal4, grupo1.estrategia)["encuentros"]
    assert (encuentro, encuentro.en_grupos) == (junto, [grupo2])


def test_lo_cancelado_no_se_cuenta(central, grupo1, encuentro1):
    Encuentro.objects.filter(pk=encuentro1.pk).update(
        participantes_declarados=38, estado="cancelado", motivo="Lluvia"
    )
    assert contexto_de("participantes", central, grupo1.estrategia)["declarados"] is None


def test_hasta_deja_fuera_lo_de_despues(central, grupo1, encuentro1):
    despues = de_momento("M3", grupo1, fecha=date(2019, 10, 1), participantes_declarados=9)
    AporteFactory(estrategia=grupo1.estrategia, encuentro=despues, texto="De octubre")
    hasta = {"hasta": date(2019, 9, 1)}
    assert contexto_de("participantes", central, grupo1.estrategia)["declarados"] == 9
    assert contexto_de("participantes", central, grupo1.estrategia, **hasta)["declarados"] is None
    assert "De octubre" not in html_de("resultados", central, grupo1.estrategia, **hasta)
