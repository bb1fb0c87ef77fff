"""Lo que se escribe y se elige en un informe, quién lo prepara y cómo se emite."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from pdot.informe import marcas
from pdot.informe.acceso import alcance_de, alcances_de, informe_de, nuevo_de
from pdot.informe.alcance import Alcance
from pdot.informe.armado import armar
from pdot.informe.orden import ORDEN
from pdot.informe.que_trae import QUE_TRAE, casillas_de
from pdot.informe.siglas import siglas_de
from pdot.informe.texto import bloques
from pdot.models import Informe
from pdot.trabajo_informe import BORRADOR
from territorios.models import DocumentoEmitido
from tests.conftest import entrar
from tests.fabricas import EstrategiaFactory, GrupoFactory
from tests.fabricas_informe import componer

pytestmark = pytest.mark.django_db
CLAVES = [una.clave for una in ORDEN]


@pytest.fixture
def sin_pdf(monkeypatch):
    """Componer tarda segundos; aquí importa lo que va dentro."""
    monkeypatch.setattr("territorios.documentos.html_a_pdf", lambda html, *a, **k: html.encode())


def ruta(que, informe, *mas):
    return reverse(f"pdot:{que}", args=[informe.estrategia.codigo, informe.clave, *mas])


def borrador(informe, usuario):
    """El HTML del borrador que sale al pedirlo."""
    return componer(informe, usuario, BORRADOR)[1].decode()


def datos(informe=None, **cambios):
    base = {"introduccion": "", "conclusiones": "", "recomendaciones": "", "secciones": CLAVES}
    version = informe.version if informe and informe.pk else 0
    return base | {"version_leida": version} | cambios


# --- Lo que se guarda -----------------------------------------------------------------------------


def test_un_informe_es_de_la_estrategia_de_una_zona_o_de_un_grupo(grupo1, informes):
    assert {informe.clave for informe in informes.values()} >= {"todo", "zona-1"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Informe.objects.create(estrategia=grupo1.estrategia, zona_id=4, grupo=grupo1)


@pytest.mark.parametrize("cual", ["informe todo", "informe zona 1", "informe grupo1"])
def test_hay_uno_solo_por_alcance(informes, cual):
    uno = informes[cual]
    with pytest.raises(IntegrityError), transaction.atomic():
        Informe.objects.create(estrategia=uno.estrategia, zona=uno.zona, grupo=uno.grupo)


def test_el_grupo_es_de_su_estrategia(grupo1):
    with pytest.raises(ValidationError, match="otra estrategia"):
        Informe(estrategia=EstrategiaFactory(codigo="otra"), grupo=grupo1).full_clean()


@pytest.mark.parametrize("malas", ["contexto", {"a": 1}, ["a", "a"], [1], [""]])
def test_las_secciones_apagadas_son_una_lista_de_claves(grupo1, malas):
    with pytest.raises(ValidationError, match="lista de claves"):
        Informe(estrategia=grupo1.estrategia, secciones_apagadas=malas).full_clean()


# --- Quién ----------------------------------------------------------------------------------------


def test_cada_quien_prepara_los_suyos(elenco, grupo1, grupo2):
    g1, g2 = f"grupo-{grupo1.pk}", f"grupo-{grupo2.pk}"
    hacen = {
        nombre: [nuevo_de(alcance).clave for alcance in alcances_de(usuario, grupo1.estrategia)]
        for nombre, usuario in elenco.items()
    }
    assert hacen == {
        "central": ["todo", "zona-1", "zona-4", g1, g2],
        "zonal1": ["zona-1", g1, g2],
        "zonal4": ["zona-4", g2],
        **dict.fromkeys(
            ("plan_rioverde", "plan_esmeraldas", "plan_chone", "observador", "observador1"), []
        ),
        "inactivo": [],
    }
    for nombre, usuario in elenco.items():
        todas = {"todo", "zona-1", "zona-4", g1, g2}
        suyas = {una for una in todas if alcance_de(usuario, grupo1.estrategia, una)}
        assert suyas == set(hacen[nombre])


@pytest.mark.parametrize("clave", ["", "zona", "zona-99", "grupo-0", "grupo-x", "zona-٤", "otra"])
def test_una_direccion_que_no_es_de_ningun_informe(central, grupo1, clave):
    assert alcance_de(central, grupo1.estrategia, clave) is None


def test_el_grupo_de_otra_estrategia_no_es_de_esta(central, grupo1, territorio):
    otra = EstrategiaFactory(codigo="otra")
    ajeno = GrupoFactory(estrategia=otra, numero=1, zona=territorio.zona[1])
    assert alcance_de(central, grupo1.estrategia, f"grupo-{ajeno.pk}") is None


@pytest.mark.parametrize("quien", ["plan_rioverde", "observador"])
def test_quien_no_acompana_no_entra(client, elenco, quien, informes):
    entrar(client, elenco[quien])
    uno = informes["informe grupo1"]
    assert client.get(uno.get_absolute_url()).status_code == 403
    assert client.post(ruta("emitir_informe", uno)).status_code == 403
    assert DocumentoEmitido.objects.count() == 0


def test_lo_de_otra_zona_no_existe(client, zonal4, informes, sin_pdf):
    entrar(client, zonal4)
    for cual in ("informe todo", "informe zona 1", "informe grupo1"):
        assert client.get(informes[cual].get_absolute_url()).status_code == 404
        assert client.post(ruta("emitir_informe", informes[cual])).status_code == 404
        pedido = client.post(ruta("editar_informe", informes[cual]), datos(introduccion="X"))
        assert pedido.status_code == 404
    assert not Informe.objects.filter(introduccion="X").exists()
    assert client.get(informes["informe grupo2"].get_absolute_url()).status_code == 200


# --- Escribir -------------------------------------------------------------------------------------


def test_lo_escrito_se_conserva_entre_emisiones(client, zonal1, grupo1, sin_pdf):
    entrar(client, zonal1)
    nuevo = Informe(estrategia=grupo1.estrategia, grupo=grupo1)
    assert client.get(ruta("editar_informe", nuevo)).status_code == 200
    escrito = datos(introduccion="Lo que nos trajo aquí.", conclusiones="1. Seguir.")
    assert client.post(ruta("editar_informe", nuevo), escrito).status_code == 302
    guardado = Informe.objects.get()
    assert (guardado.introduccion, guardado.grupo, guardado.zona) == (
        "Lo que nos trajo aquí.",
        grupo1,
        None,
    )
    assert guardado.historia.get().history_user == zonal1
    for _ in range(2):
        componer(nuevo, zonal1)
        html = borrador(nuevo, zonal1)
        assert "Lo que nos trajo aquí." in html
    assert Informe.objects.get().version == 1


def test_una_seccion_apagada_no_sale_ni_en_el_indice(client, zonal1, grupo1, sin_pdf):
    entrar(client, zonal1)
    nuevo = Informe(estrategia=grupo1.estrategia, grupo=grupo1)
    con_todo = borrador(nuevo, zonal1)
    assert "Tabla 1.</span> Grupos" in con_todo and "#seccion-grupos" in con_todo
    quedan = [clave for clave in CLAVES if clave not in ("grupos", "anexo_agenda")]
    client.post(ruta("editar_informe", nuevo), datos(secciones=quedan))
    assert Informe.objects.get().secciones_apagadas == ["grupos", "anexo_agenda"]
    html = borrador(nuevo, zonal1)
    for suyo in ("seccion-grupos", "GAD que los integran y criterio", "Agenda de los"):
        assert suyo in con_todo
        assert suyo not in html
    assert "Anexo 2. Asistencia en cifras" in html


def test_apagarlo_todo_deja_la_portada(central, grupo1):
    informe = Informe(estrategia=grupo1.estrategia, secciones_apagadas=CLAVES)
    armado = armar(informe, Alcance(central, grupo1.estrategia))
    assert (armado["cuerpo"], armado["anexos"], armado["tablas"]) == ([], [], [])


def test_una_clave_de_antes_no_estorba(central, grupo1):
    informe = Informe(estrategia=grupo1.estrategia, secciones_apagadas=["de-otra-epoca"])
    armado = armar(informe, Alcance(central, grupo1.estrategia))
    assert len(armado["cuerpo"]) + len(armado["anexos"]) == len(ORDEN)


def test_una_seccion_que_no_existe_se_rechaza(client, zonal1, informes):
    entrar(client, zonal1)
    uno = informes["informe grupo1"]
    respuesta = client.post(ruta("editar_informe", uno), datos(uno, secciones=["inventada"]))
    assert respuesta.status_code == 400
    assert "ya no existe" in respuesta.content.decode()
    assert Informe.objects.get(pk=uno.pk).secciones_apagadas == []


def test_quien_guarda_despues_ve_las_dos_versiones(client, zonal1, informes):
    entrar(client, zonal1)
    uno = informes["informe grupo1"]
    assert client.post(ruta("editar_informe", uno), datos(uno, introduccion="A")).status_code == 302
    tarde = datos(uno, introduccion="B", secciones=CLAVES[1:])
    respuesta = client.post(ruta("editar_informe", uno), tarde)
    assert respuesta.status_code == 409
    texto = respuesta.content.decode()
    assert "<td>A</td><td>B</td>" in texto
    assert ORDEN[0].titulo in texto
    assert Informe.objects.get(pk=uno.pk).introduccion == "A"


def test_dos_que_lo_crean_a_la_vez(client, zonal1, grupo1):
    """Las dos personas lo abrieron cuando todavía no había nada escrito."""
    entrar(client, zonal1)
    nuevo = Informe(estrategia=grupo1.estrategia, grupo=grupo1)
    assert client.post(ruta("editar_informe", nuevo), datos(introduccion="A")).status_code == 302
    assert client.post(ruta("editar_informe", nuevo), datos(introduccion="B")).status_code == 409
    assert Informe.objects.get().introduccion == "A"


@pytest.mark.parametrize("ya_hay", [False, True])
def test_dos_clics_en_guardar_guardan_una_vez(client, zonal1, grupo1, informes, ya_hay):
    """La segunda petición es idéntica y trae la versión de antes: nadie guardó en medio."""
    entrar(client, zonal1)
    uno = informes["informe grupo1"]
    if not ya_hay:
        uno.delete()
        uno = Informe(estrategia=grupo1.estrategia, grupo=grupo1)
    enviado = datos(uno, introduccion="Línea uno.\r\n\r\nDos.", secciones=CLAVES[1:])
    for _ in range(2):
        assert client.post(ruta("editar_informe", uno), enviado).status_code == 302
    guardado = Informe.objects.get(grupo=grupo1)
    assert guardado.version == 1 + ya_hay
    assert guardado.historia.filter(history_user=zonal1).count() == 1
    otro = enviado | {"secciones": CLAVES}
    assert client.post(ruta("editar_informe", uno), otro).status_code == 409


# --- Emitir ---------------------------------------------------------------------------------------


def test_el_borrador_lleva_marca_y_no_numero(client, zonal1, informes, sin_pdf):
    trabajo, contenido = componer(informes["informe grupo1"], zonal1, BORRADOR)
    respuesta = entrar(client, zonal1).get(reverse("pdot:archivo_de_trabajo", args=[trabajo.pk]))
    html = respuesta.getvalue().decode()
    assert html == contenido.decode()
    assert 'class="borrador"' in html
    assert "Documento n.º" not in html
    assert "borrador-del-informe" in respuesta["Content-Disposition"]
    assert DocumentoEmitido.objects.count() == 0


def test_emitido_dos_veces_es_el_mismo_archivo(client, zonal1, informes, sin_pdf):
    entrar(client, zonal1)
    uno = informes["informe grupo1"]
    archivos = []
    for _ in range(2):
        componer(uno, zonal1)
        documento = DocumentoEmitido.objects.get()
        leido = client.get(reverse("territorios:documento_pdf", args=[documento.pk]))
        archivos.append(leido.content)
    assert archivos[0] == archivos[1]
    assert documento.numero_legible in archivos[0].decode()
    assert 'class="borrador"' not in archivos[0].decode()
    assert documento.numero_legible in client.get(uno.get_absolute_url()).content.decode()
    client.post(ruta("editar_informe", uno), datos(uno, introduccion="Otra cosa"))
    componer(uno, zonal1)
    assert DocumentoEmitido.objects.count() == 2


def test_no_sale_el_nombre_de_quien_asistio(client, zonal1, informes, participantes, sin_pdf):
    suyo = participantes["participante1"]
    suyo.nombre, suyo.correo = "Yadira Inconfundible", "yadira@inconfundible.ec"
    suyo.save()
    entrar(client, zonal1)
    html = borrador(informes["informe grupo1"], zonal1)
    assert "Personas registradas en cada encuentro, por nivel de gobierno" in html
    assert "nconfundible" not in html


@pytest.mark.parametrize("que", ["emitir_informe", "borrador_de_informe"])
def test_no_se_pide_con_un_enlace(client, zonal1, informes, que):
    entrar(client, zonal1)
    assert client.get(ruta(que, informes["informe grupo1"])).status_code == 405


# --- Las páginas ----------------------------------------------------------------------------------


def test_se_llega_desde_la_estrategia_y_desde_el_grupo(client, zonal1, plan_rioverde, grupo1):
    lista = reverse("pdot:informes", args=[grupo1.estrategia.codigo])
    suyo = Informe(estrategia=grupo1.estrategia, grupo=grupo1).get_absolute_url()
    entrar(client, zonal1)
    assert lista in client.get(grupo1.estrategia.get_absolute_url()).content.decode()
    assert suyo in client.get(grupo1.get_absolute_url()).content.decode()
    assert suyo in client.get(lista).content.decode()
    entrar(client, plan_rioverde)
    assert lista not in client.get(grupo1.estrategia.get_absolute_url()).content.decode()
    assert suyo not in client.get(grupo1.get_absolute_url()).content.decode()


def test_una_zona_sin_grupos_lo_sabe(client, zonal4, grupo1):
    entrar(client, zonal4)
    pagina = client.get(reverse("pdot:informes", args=[grupo1.estrategia.codigo]))
    assert "no hay de qué informar" in pagina.content.decode()


def test_cada_casilla_dice_que_trae(zonal1, grupo1, encuentro1, django_assert_num_queries):
    alcance = Alcance(zonal1, grupo1.estrategia)
    with django_assert_num_queries(1):
        casillas = {una.clave: una for una in casillas_de(alcance, CLAVES)}
    assert casillas["hoja_de_ruta"].cifra == "0 grupos propuestos"
    assert casillas["participantes"].cifra == "0 declarados, 0 registrados"
    assert casillas["grupos"].cifra == "1 grupo"
    assert casillas["contexto"].cifra == "4 GAD en 1 grupo"
    assert casillas["anexo_cronograma"].cifra == "1 encuentro"
    assert {una.clave for una in casillas.values() if una.marcada} == set(CLAVES)
    assert set(CLAVES) <= set(QUE_TRAE)


def test_lo_que_nadie_ha_escrito_sale_con_lo_de_fabrica(zonal1, grupo1):
    informe = informe_de(Alcance(zonal1, grupo1.estrategia, grupo=grupo1))
    assert informe.pk is None
    assert informe.secciones_apagadas == [una.clave for una in ORDEN if not una.por_omision]


# --- Piezas ---------------------------------------------------------------------------------------


def test_se_numeran_las_figuras_y_tablas_con_marca():
    partes = [
        '<table class="cuadro"><caption>Suelta</caption></table>'
        '<table class="cuadro ancha" id="tabla-a"><caption>Una <b>y</b> dos</caption></table>',
        '<figure id="figura-m" class="figura mapa"><img><figcaption>Mapa</figcaption></figure>'
        '<table class="cuadro" id="tabla-b"><caption>Tres</caption></table>',
    ]
    listas, tablas = marcas.numerar(partes, marcas.TABLA)
    listas, figuras = marcas.numerar(listas, marcas.FIGURA)
    assert [(una.nombre, una.ancla, una.texto) for una in tablas] == [
        ("Tabla 1", "tabla-a", "Una y dos"),
        ("Tabla 2", "tabla-b", "Tres"),
    ]
    assert [(una.nombre, una.ancla, una.texto) for una in figuras] == [
        ("Figura 1", "figura-m", "Mapa")
    ]
    assert '<caption><span class="numero">Tabla 2.</span> Tres</caption>' in listas[1]
    assert "<caption>Suelta</caption>" in listas[0]


def test_quien_escribe_no_imita_una_marca(central, grupo1):
    falsa = '<table class="cuadro" id="tabla-x"><caption>Falsa</caption></table>'
    informe = Informe(estrategia=grupo1.estrategia, introduccion=falsa, secciones_apagadas=CLAVES)
    armado = armar(informe, Alcance(central, grupo1.estrategia))
    assert armado["tablas"] == []
    assert "&lt;table" in armado["cuerpo"][0].contenido


def test_lo_escrito_se_lee_en_parrafos_y_listas():
    texto = "Uno.\n\nDos\n- a\n• b\n\n3. tres\n4) cuatro\n2019 fue el año"
    assert bloques(texto) == [
        ("p", ["Uno."], 1),
        ("p", ["Dos"], 1),
        ("ul", ["a", "b"], 1),
        ("ol", ["tres", "cuatro"], 3),
        ("p", ["2019 fue el año"], 1),
    ]
    assert bloques("") == []


def test_las_siglas_son_las_que_se_usan(db):
    assert siglas_de(["<p>El GAD y su PDOT</p>", "<p>LosGADes</p>"]) == [
        ("GAD", "Gobierno(s) Autónomo(s) Descentralizado(s)"),
        ("PDOT", "Plan(es) de Desarrollo y Ordenamiento Territorial"),
    ]
