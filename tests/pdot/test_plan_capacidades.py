"""Plan de capacidades: se arma, se propone, lo aprueba una sola persona y se compara."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from pdot.acciones import NoProcede
from pdot.acciones_capacidades import abrir_version, agregar_actividad, pasar_plan
from pdot.models import ActividadCapacidad, AvanceActividad, PlanCapacidades
from territorios.versiones import Conflicto
from tests.carreras import a_la_vez
from tests.conftest import entrar
from tests.fabricas import EntidadFactory
from tests.fabricas_capacidades import ActividadFactory, NecesidadFactory, PlanFactory
from tests.fabricas_registro import ParticipanteFactory
from tests.lectura_html import lo_que_enviaria
from tests.lectura_pdf import abrir, texto_de, textos_alternativos


def url(nombre, *args):
    return reverse(f"pdot:{nombre}", args=args)


def del_plan(**cambios):
    return {"desde": "2027-01-01", "hasta": "2027-12-31", "objetivo": "Formular"} | cambios


@pytest.fixture
def plan1(grupo1):
    return PlanFactory(grupo=grupo1)


@pytest.fixture
def de_actividad(db):
    """Función que da lo que se teclea de una actividad de Rioverde."""
    entidad = EntidadFactory()

    def datos(**cambios):
        return {
            "titulo": "Taller de proyectos",
            "modalidad": "capacitacion",
            "beneficiarios": ["0807"],
            "responsable_entidad": entidad.pk,
            "desde": "2027-03-01",
            "hasta": "2027-03-05",
        } | cambios

    return datos


# --- Abrir --------------------------------------------------------------------------------------


@pytest.mark.parametrize("de", ["g", "z"])
def test_la_zona_abre_el_de_un_grupo_o_el_suyo(client, zonal1, grupo1, de):
    entrar(client, zonal1)
    clave = f"g{grupo1.pk}" if de == "g" else "z1"
    assert client.post(url("nuevo_plan_capacidades"), del_plan(de=clave)).status_code == 302
    hecho = PlanCapacidades.objects.get()
    esperado = (grupo1.pk, None) if de == "g" else (None, 1)
    assert (hecho.grupo_id, hecho.zona_id) == esperado
    assert (hecho.numero, hecho.estado) == (1, "borrador")
    otra_vez = client.post(url("nuevo_plan_capacidades"), del_plan(de=clave))
    assert (otra_vez.status_code, PlanCapacidades.objects.count()) == (409, 1)


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"de": "z4"}, "de"),
        ({"de": ""}, "de"),
        ({"hasta": "2026-01-01"}, "hasta"),
        ({"desde": "ayer"}, "desde"),
        ({"objetivo": "ñ" * 30_000}, "objetivo"),
    ],
)
def test_lo_imposible_del_plan_se_rechaza_junto_al_campo(client, zonal1, cambios, campo):
    entrar(client, zonal1)
    respuesta = client.post(url("nuevo_plan_capacidades"), del_plan(de="z1") | cambios)
    assert (respuesta.status_code, list(respuesta.context["form"].errors)) == (400, [campo])


def test_un_grupo_solo_propuesto_no_tiene_plan(client, zonal1, grupo1):
    grupo1.estado = "propuesto"
    grupo1.save()
    entrar(client, zonal1)
    respuesta = client.post(url("nuevo_plan_capacidades"), del_plan(de=f"g{grupo1.pk}"))
    assert (respuesta.status_code, PlanCapacidades.objects.count()) == (400, 0)


# --- Actividades --------------------------------------------------------------------------------


def test_se_agrega_una_actividad_con_sus_necesidades(client, zonal1, plan1, de_actividad):
    una = NecesidadFactory(gad_id="0807")
    entrar(client, zonal1)
    assert una.pk in {
        u.pk for u in client.get(plan1.get_absolute_url()).context["ficha"].necesidades
    }
    abierta = client.get(url("nueva_actividad", plan1.pk), {"necesidad": una.pk})
    assert abierta.context["form"]["necesidades"].value() == [str(una.pk)]
    respuesta = client.post(
        url("nueva_actividad", plan1.pk), de_actividad(necesidades=[una.pk], avance="100")
    )
    hecha = ActividadCapacidad.objects.get()
    assert respuesta.url == hecha.get_absolute_url()
    assert (list(hecha.necesidades.all()), hecha.avance) == ([una], 0)
    assert list(hecha.beneficiarios.values_list("pk", flat=True)) == ["0807"]
    # Quien aprueba tiene que enterarse de que el plan cambió.
    plan1.refresh_from_db()
    assert plan1.version == 2
    repetida = client.post(url("nueva_actividad", plan1.pk), de_actividad())
    assert (repetida.status_code, ActividadCapacidad.objects.count()) == (409, 1)


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"hasta": "2027-02-01"}, "hasta"),
        ({"hasta": "2028-02-01"}, "hasta"),
        ({"beneficiarios": ["1303"]}, "beneficiarios"),
        ({"beneficiarios": []}, "beneficiarios"),
        ({"necesidades": ["999999"]}, "necesidades"),
        ({"responsable_gad": "0807"}, "responsable_gad"),
        ({"responsable_entidad": ""}, "responsable_gad"),
        ({"responsable_gad": "1303", "responsable_entidad": ""}, "responsable_gad"),
        ({"canton": "1303"}, "canton"),
        ({"titulo": "ñ" * 30_000}, "titulo"),
        ({"detalle": "ñ" * 30_000}, "detalle"),
        ({"horas": "-1"}, "horas"),
        ({"presupuesto": "100", "presupuesto_fecha": "2026-01-01"}, "presupuesto_fuente"),
        ({"presupuesto": "9" * 40}, "presupuesto"),
    ],
)
def test_lo_imposible_de_una_actividad_se_rechaza(
    client, zonal1, plan1, de_actividad, cambios, campo
):
    entrar(client, zonal1)
    respuesta = client.post(url("nueva_actividad", plan1.pk), de_actividad(**cambios))
    assert (respuesta.status_code, list(respuesta.context["form"].errors)) == (400, [campo])
    assert not ActividadCapacidad.objects.exists()


def test_dos_pestanias_de_una_actividad_gana_la_primera(client, zonal1, plan1, territorio):
    una = ActividadFactory(plan=plan1, gads=[territorio.gad["0807"]])
    entrar(client, zonal1)
    abierta = client.get(url("editar_actividad", una.pk))
    cuerpos = [lo_que_enviaria(abierta, titulo=titulo) for titulo in ("Primera", "Segunda")]
    estados = [client.post(url("editar_actividad", una.pk), c).status_code for c in cuerpos]
    una.refresh_from_db()
    assert (estados, una.titulo) == ([302, 409], "Primera")


# --- Aprobar ------------------------------------------------------------------------------------


def pasar(client, plan, a, **cambios):
    ruta = "aprobar_plan_capacidades" if a == "aprobado" else "pasar_plan_capacidades"
    return client.post(url(ruta, plan.pk), {"a": a, "version": plan.version} | cambios)


def test_de_borrador_a_aprobado_y_despues_no_cambia(client, zonal1, plan1, de_actividad):
    entrar(client, zonal1)
    assert pasar(client, plan1, "propuesto").status_code == 409, "sin actividades"
    una = ActividadFactory(plan=plan1)
    assert pasar(client, plan1, "aprobado").status_code == 409, "sin proponer"
    for estado in ("propuesto", "aprobado"):
        plan1.refresh_from_db()
        assert pasar(client, plan1, estado).status_code == 302
    plan1.refresh_from_db()
    assert (plan1.estado, plan1.aprobado_por) == ("aprobado", zonal1)
    assert client.post(url("nueva_actividad", plan1.pk), de_actividad()).status_code == 409
    assert client.post(url("quitar_actividad", una.pk), {"version": 1}).status_code == 409
    editado = client.post(
        url("editar_plan_capacidades", plan1.pk), del_plan(version_leida=plan1.version)
    )
    assert editado.status_code == 409
    assert pasar(client, plan1, "cerrado").status_code == 409, "sin motivo"


def test_lo_aprueba_quien_coordina_y_no_otra_zona(client, elenco, grupo2):
    plan = PlanFactory(grupo=grupo2, estado="propuesto")
    ActividadFactory(plan=plan)
    esperado = {"plan_rioverde": 403, "observador": 403, "zonal1": 404, "zonal4": 302}
    for quien, estado in esperado.items():
        assert pasar(entrar(client, elenco[quien]), plan, "aprobado").status_code == estado, quien


def test_no_se_aprueba_lo_que_cambio_desde_que_se_leyo(client, zonal1, plan1):
    ActividadFactory(plan=plan1)
    pasar_plan(plan1, "propuesto", motivo="", por=zonal1, version=1)
    entrar(client, zonal1)
    respuesta = pasar(client, plan1, "aprobado", version=1)
    plan1.refresh_from_db()
    assert (respuesta.status_code, plan1.estado) == (409, "propuesto")


@pytest.mark.django_db(transaction=True)
def test_dos_aprueban_a_la_vez_y_gana_una(zonal1, grupo1):
    plan = PlanFactory(grupo=grupo1, estado="propuesto")
    ActividadFactory(plan=plan)

    def aprobar(n):
        return pasar_plan(plan, "aprobado", motivo="", por=zonal1, version=1)

    salidas = a_la_vez(2, aprobar)
    assert sorted(type(una).__name__ for una in salidas) == ["Conflicto", "PlanCapacidades"]


def test_la_version_siguiente_parte_del_aprobado_y_lo_reemplaza(zonal1, grupo1, encuentro1):
    plan = PlanFactory(grupo=grupo1, vigente=True)
    una = NecesidadFactory(gad_id="0807")
    vieja = ActividadFactory(plan=plan, titulo="Taller", necesidades=[una])
    nueva = abrir_version(plan, por=zonal1, version=1)
    copia = nueva.actividades.get()
    assert (nueva.numero, nueva.parte_de, nueva.estado) == (2, plan, "borrador")
    assert (copia.clave, list(copia.necesidades.all())) == (vieja.clave, [una])
    with pytest.raises(Exception, match="Ya existe"):
        abrir_version(plan, por=zonal1, version=1)
    # Lo que avanza la vigente mientras tanto no se pierde al reemplazarla.
    vieja.encuentros.add(encuentro1)
    ActividadCapacidad.objects.filter(pk=vieja.pk).update(avance=40)
    for estado in ("propuesto", "aprobado"):
        nueva = pasar_plan(nueva, estado, motivo="", por=zonal1, version=nueva.version)
    plan.refresh_from_db()
    copia.refresh_from_db()
    assert (plan.estado, nueva.estado, copia.avance) == ("cerrado", "aprobado", 40)
    assert list(copia.encuentros.all()) == [encuentro1]


def test_dos_versiones_se_comparan(client, zonal1, grupo1, territorio):
    plan = PlanFactory(grupo=grupo1, vigente=True)
    queda = ActividadFactory(plan=plan, titulo="Queda", gads=[territorio.gad["0807"]])
    ActividadFactory(plan=plan, titulo="Se quita")
    nueva = abrir_version(plan, por=zonal1, version=1)
    nueva.actividades.get(titulo="Se quita").delete()
    copia = nueva.actividades.get(clave=queda.clave)
    ActividadCapacidad.objects.filter(pk=copia.pk).update(titulo="Queda mejor")
    copia.beneficiarios.add(territorio.gad["0801"])
    ActividadFactory(plan=nueva, titulo="Entra")
    entrar(client, zonal1)
    hallado = client.get(url("comparar_capacidades", nueva.pk)).context["comparacion"]
    assert [una.titulo for una in hallado.nuevas] == ["Entra"]
    assert [una.titulo for una in hallado.quitadas] == ["Se quita"]
    ((_, cambios),) = hallado.cambiadas
    assert [(campo, antes, despues) for campo, antes, despues in cambios] == [
        ("título", "Queda", "Queda mejor"),
        (
            "GAD beneficiarios",
            "Rioverde (cantón, Esmeraldas)",
            "Esmeraldas (cantón, Esmeraldas); Rioverde (cantón, Esmeraldas)",
        ),
    ]


# --- Avances y asistencia -----------------------------------------------------------------------


def avance(**cambios):
    return {"fecha": "2026-01-05", "porcentaje": "40", "texto": "Se dictó", "version": 1} | cambios


def test_el_avance_queda_con_fecha_y_autor(client, zonal1, grupo1):
    una = ActividadFactory(plan=PlanFactory(grupo=grupo1, vigente=True))
    entrar(client, zonal1)
    estados = [client.post(url("avance_actividad", una.pk), avance()).status_code for _ in "ab"]
    una.refresh_from_db()
    anotado = AvanceActividad.objects.get()
    assert (estados, una.avance, anotado.por) == ([302, 409], 40, zonal1)


@pytest.mark.parametrize(
    ("cambios", "campo", "dice"),
    [
        ({"porcentaje": "101"}, "porcentaje", "no puede pasar de 100"),
        ({"porcentaje": "-1"}, "porcentaje", "menos de 0"),
        ({"porcentaje": "mucho"}, "porcentaje", "de 0 a 100"),
        ({"porcentaje": "100"}, "evidencia", "qué documento lo prueba"),
        ({"fecha": "2050-01-01"}, "fecha", "futura"),
        ({"texto": "ñ" * 30_000}, "texto", "1000"),
    ],
)
def test_un_avance_imposible_se_rechaza(client, zonal1, grupo1, cambios, campo, dice):
    una = ActividadFactory(plan=PlanFactory(grupo=grupo1, vigente=True))
    entrar(client, zonal1)
    respuesta = client.post(url("avance_actividad", una.pk), avance(**cambios))
    errores = respuesta.context["form"].errors
    assert (respuesta.status_code, list(errores)) == (400, [campo])
    assert dice in errores[campo][0]


def test_la_base_tampoco_admite_mas_de_cien(grupo1):
    una = ActividadFactory(plan=PlanFactory(grupo=grupo1))
    for malo in ({"avance": 101}, {"hasta": date(2026, 1, 1)}, {"presupuesto": 5}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ActividadCapacidad.objects.filter(pk=una.pk).update(**malo)


def test_un_borrador_no_avanza(client, zonal1, plan1):
    una = ActividadFactory(plan=plan1)
    entrar(client, zonal1)
    assert client.post(url("avance_actividad", una.pk), avance()).status_code == 409
    assert not AvanceActividad.objects.exists()


def test_la_asistencia_sale_de_los_encuentros_y_no_lleva_nombres(
    client, elenco, plan1, encuentro1, encuentro2, territorio
):
    una = ActividadFactory(plan=plan1, gads=[territorio.gad["0807"]])
    ParticipanteFactory.create_batch(2, encuentro=encuentro1, gad=territorio.gad["0807"])
    entrar(client, elenco["zonal1"])
    ajeno = {"version": 1, "encuentros": [encuentro2.pk]}
    assert client.post(url("encuentros_actividad", una.pk), ajeno).status_code == 400
    propio = {"version": 1, "encuentros": [encuentro1.pk]}
    assert client.post(url("encuentros_actividad", una.pk), propio).status_code == 302
    PlanCapacidades.objects.update(estado="propuesto")
    for quien in ("zonal1", "observador", "plan_rioverde"):
        respuesta = entrar(client, elenco[quien]).get(una.get_absolute_url())
        asistencia = respuesta.context["actividad"].asistencia
        assert (asistencia.total, asistencia.por_gad) == (2, [("0807", 2)])
        assert respuesta.context["asistentes"] == [(territorio.gad["0807"], 2)]
        assert "Participante de Prueba" not in respuesta.text


# --- Leer ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("estado", ["borrador", "propuesto"])
@pytest.mark.parametrize("de", ["grupo1", "zona 1"])
def test_quien_lee_el_plan(client, elenco, grupo1, estado, de):
    suyo = {"grupo": grupo1} if de == "grupo1" else {"grupo": None, "zona_id": 1}
    plan = PlanFactory(estado=estado, **suyo)
    una = ActividadFactory(plan=plan)
    edita = {"central", "zonal1"}
    lee = edita | {"observador", "observador1", "plan_rioverde", "plan_esmeraldas"}
    ven = edita if estado == "borrador" else lee
    for quien, usuario in elenco.items():
        if quien == "inactivo":
            continue
        entrar(client, usuario)
        esperado = 200 if quien in ven else 404
        for direccion in (plan.get_absolute_url(), una.get_absolute_url()):
            assert client.get(direccion).status_code == esperado, (quien, direccion)
        escribe = client.get(url("editar_actividad", una.pk)).status_code
        puede = usuario.rol in ("central", "zonal")
        assert escribe == (200 if quien in edita else 404 if puede else 403), quien


def test_las_necesidades_sin_atender_se_ven_siempre(client, zonal1, plan1):
    juntas = [
        NecesidadFactory(gad_id="0807", tema=t) for t in ("Catastro rural", "Catastros rurales")
    ]
    atendida = NecesidadFactory(grupo=plan1.grupo, tema="Formular proyectos")
    NecesidadFactory(gad_id="1303", tema="De otra zona")
    ActividadFactory(plan=plan1, necesidades=[atendida])
    entrar(client, zonal1)
    ficha = client.get(plan1.get_absolute_url()).context["ficha"]
    (grupo,) = ficha.sin_atender
    assert {una.pk for una in grupo.necesidades} == {una.pk for una in juntas}
    assert (ficha.cuantas_sin_atender, len(ficha.necesidades)) == (2, 3)


def test_el_plan_no_consulta_por_actividad(
    client, zonal1, plan1, encuentro1, territorio, django_assert_max_num_queries
):
    ParticipanteFactory(encuentro=encuentro1, gad=territorio.gad["0807"])
    una = NecesidadFactory(gad_id="0807")
    gads = [territorio.gad["0807"], territorio.gad["0801"]]
    for _ in range(6):
        ActividadFactory(plan=plan1, necesidades=[una], gads=gads, encuentros=[encuentro1])
    entrar(client, zonal1)
    with django_assert_max_num_queries(7):
        client.get(plan1.get_absolute_url())


def test_el_plan_en_pdf_dice_todo_y_lleva_su_marca(client, zonal1, plan1, territorio):
    atendida = NecesidadFactory(gad_id="0807", tema="Formular proyectos")
    NecesidadFactory(gad_id="0801", tema="Cartografía a escala")
    ActividadFactory(
        plan=plan1,
        titulo="Taller de proyectos",
        necesidades=[atendida],
        gads=[territorio.gad["0807"]],
        presupuesto="1234.50",
        presupuesto_fuente="Cotización 7",
        presupuesto_fecha=date(2026, 5, 4),
    )
    entrar(client, zonal1)
    respuesta = client.get(url("plan_capacidades_pdf", plan1.pk))
    assert (respuesta.status_code, respuesta["Content-Type"]) == (200, "application/pdf")
    texto = texto_de(respuesta.content)
    for dicho in ("Taller de proyectos", "Cartografía a escala", "1.234,50", "Cotización 7"):
        assert dicho in texto
    assert "sin aprobar" in texto
    assert "Diagrama de Gantt" in textos_alternativos(respuesta.content)[0]
    assert abrir(respuesta.content).trailer["/Root"]["/Lang"] == "es-EC"


def test_para_exportar_da_lo_que_se_ve(elenco, plan1, grupo2):
    una = ActividadFactory(plan=plan1)
    otra = ActividadFactory(plan=PlanFactory(grupo=grupo2, vigente=True))
    ven = {"central": {una, otra}, "zonal4": {otra}, "observador": {otra}, "plan_chone": set()}
    for quien, suyas in ven.items():
        assert set(ActividadCapacidad.objects.para_exportar(elenco[quien])) == suyas, quien


def test_una_actividad_no_entra_por_la_puerta_de_atras(zonal1, grupo1):
    plan = PlanFactory(grupo=grupo1, vigente=True)
    suelta = ActividadCapacidad(plan=plan, titulo="X", desde=plan.desde, hasta=plan.hasta)
    with pytest.raises(NoProcede):
        agregar_actividad(suelta, {}, por=zonal1)
    with pytest.raises(Conflicto):
        abrir_version(plan, por=zonal1, version=9)


@pytest.mark.parametrize(("campo", "valor"), [("desde", "2027-03-15"), ("hasta", "2027-03-15")])
def test_el_periodo_no_deja_fuera_lo_planificado(client, zonal1, plan1, campo, valor):
    ActividadFactory(plan=plan1)
    entrar(client, zonal1)
    datos = {"desde": "2027-01-01", "hasta": "2027-12-31", "objetivo": "Otro", "version_leida": 1}
    direccion = reverse("pdot:editar_plan_capacidades", args=[plan1.pk])
    respuesta = client.post(direccion, datos | {campo: valor})
    assert (respuesta.status_code, list(respuesta.context["form"].errors)) == (400, [campo])
    plan1.refresh_from_db()
    assert (plan1.objetivo, plan1.desde.month, plan1.hasta.month) == (
        "Que los equipos formulen sus proyectos.",
        1,
        12,
    )
